#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "queue/domain/triage.hpp"
#include "queue/domain/visitor.hpp"
#include "queue/store/entries.hpp"
#include "queue/triage/codec.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::queue::api {

/// Kinds of queues in the order of domain::Kind.
inline const std::vector<std::string_view> kind_names = {"REGULAR", "EMERGENCY", "STAGING"};

/// The name, where it changes.
Result<std::optional<std::string>> patch_queue(std::string_view body);
std::string encode(const domain::Queue& queue);
struct QueueInput {
  std::string code;
  std::string name;
  Uuid department_id;
  domain::Kind kind{domain::Kind::regular};
};
Result<QueueInput> decode_queue(std::string_view body);

struct VisitorInput {
  std::string name;
  std::optional<std::string> phone;
};
struct EntryInput {
  Uuid queue_id;
  std::optional<Uuid> patient_id;       ///< this
  std::optional<VisitorInput> visitor;  ///< or that
  std::optional<Uuid> doctor_id;
  std::optional<std::string> reason;
};
Result<EntryInput> decode_entry(std::string_view body);
std::string encode(const domain::Entry& entry, const store::Names& names);
/// What a waiting room may read: `{label, status, room?}`.
std::string encode_for_board(const domain::Entry& entry);
/// What a doctor sees of an entry that is not on their list (any more).
std::string encode_hidden(const domain::Entry& entry);
std::string encode_position(const store::Position& position, const std::optional<std::string>& room,
                            const store::Tracked* tracked);
std::string encode_waits(Date from, Date to, const std::vector<store::DepartmentWaits>& waits);
std::vector<std::string> csv_head();
std::vector<std::string> csv_cells(const store::Named& named);

struct CallNextInput {
  std::optional<Uuid> doctor_id;
  std::optional<std::string> room;
};
Result<CallNextInput> decode_call_next(std::string_view body);
/// `{room?}`; an empty body is as good.
Result<std::optional<std::string>> decode_call(std::string_view body);
/// `{reason}`, required.
Result<std::string> decode_reason(std::string_view body);
Result<void> decode_nothing(std::string_view body);
struct TransferInput {
  Uuid queue_id;
  std::string reason;
};
Result<TransferInput> decode_transfer(std::string_view body);
/// nullopt: the service chooses (`auto`).
Result<std::optional<Uuid>> decode_assign(std::string_view body);
Result<Uuid> decode_identify(std::string_view body);
struct TriageRequest {
  domain::TriageInput input;
  std::optional<triage::Override> overridden;
};
Result<TriageRequest> decode_triage(std::string_view body);
/// Without an override. Patients have no instruments: their vitals are refused.
Result<domain::TriageInput> decode_assess(std::string_view body, bool with_vitals);
/// The result with the assessment that a booking may name.
std::string encode_assessment(const std::string& result, const domain::Assessment& assessment);
Result<domain::Prioritize> decode_prioritize(std::string_view body);

}  // namespace ambula::queue::api
