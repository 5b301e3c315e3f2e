#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "queue/domain/entry.hpp"
#include "queue/store/entries.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::queue::api {

Result<std::string> patch_queue(std::string_view body);
std::string encode(const domain::Queue& queue);

struct EntryInput {
  Uuid queue_id;
  Uuid patient_id;
  std::optional<Uuid> doctor_id;
  std::optional<std::string> reason;
};
Result<EntryInput> decode_entry(std::string_view body);
/// `patient`: names for staff screens, when known.
std::string encode(const domain::Entry& entry, const store::Patient* patient);

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
Result<Uuid> decode_assign(std::string_view body);
Result<domain::Prioritize> decode_prioritize(std::string_view body);

}  // namespace ambula::queue::api
