#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::consultation::domain {

enum class RxStatus { draft, issued, on_hold, completed, stopped, cancelled, expired };
std::string_view to_string(RxStatus status);
std::optional<RxStatus> parse_rx_status(std::string_view text);

/// Decided by the pharmacy; told back by its events.
enum class Fulfilment { none, reserved, partial, full, short_, declined };
std::string_view to_string(Fulfilment fulfilment);
std::optional<Fulfilment> parse_fulfilment(std::string_view text);

struct Medicine {
  std::string name;
  std::optional<std::string> strength;
  std::optional<std::string> form;
};

struct Item {
  Uuid id;
  std::optional<Uuid> medicine_id;  ///< absent: free text
  Medicine medicine;
  std::string dose;
  std::optional<std::string> route;
  std::string frequency;
  std::optional<int> duration_days;
  int quantity{1};
  bool quantity_derived{false};  ///< counted from dose, frequency and duration
  std::optional<std::string> instructions;
};

struct Prescription {
  Uuid id;
  Uuid facility_id;
  Uuid consultation_id;
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  Uuid doctor_id;
  std::string number;  ///< unique in the facility: RX-<local year>-<six digits>
  RxStatus status{RxStatus::draft};
  Fulfilment fulfilment{Fulfilment::none};
  std::optional<Instant> issued_at;
  std::optional<Date> expires_on;  ///< the last local day on which it may be dispensed
  std::optional<std::string> status_reason;
  std::optional<Uuid> replaces;
  std::optional<std::string> notes;
  std::vector<Item> items;
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

/// Facility settings that prescriptions obey.
struct Rules {
  std::string zone;
  int prescription_days{90};
};

enum class RxEventKind {
  drafted,
  edited,
  draft_cancelled,
  fulfilment_told,
  issued,
  on_hold,
  resumed,
  completed,
  cancelled,
  cancellation_refused,
  expired
};
/// "PrescriptionIssued" …
std::string_view to_string(RxEventKind kind);
/// Whether neighbours are told; the rest stands in the history only.
bool is_told(RxEventKind kind);

/// What the prescriber writes, all of it.
struct Content {
  std::optional<Uuid> replaces;
  std::vector<Item> items;
  std::optional<std::string> notes;
};

struct RxEvent {
  RxEventKind kind;
  std::optional<RxStatus> status{};  ///< cancelled, cancellation_refused: what it becomes
  std::optional<Fulfilment> fulfilment{};
  std::optional<std::string> reason{};
  std::optional<Content> content{};  ///< edited
};
using RxDecision = std::vector<RxEvent>;

// Commands (domain.md, "Prescription"); who may give them is settled before.
struct Issue {};
/// A draft only: later a change is a new prescription that replaces this one.
struct Edit {
  Content content;
};
struct CancelPrescription {
  std::string reason;
};
/// The job's; `today` is the facility's local day.
struct Expire {
  Date today;
};
RxDecision draft();
Result<RxDecision> decide(const Prescription& state, const Issue& command);
Result<RxDecision> decide(const Prescription& state, const Edit& command);
Result<RxDecision> decide(const Prescription& state, const CancelPrescription& command);
Result<RxDecision> decide(const Prescription& state, const Expire& command);

/// A fact of the pharmacy. `other` moves the fulfilment only (reserved, ready, declined …).
struct Dispensing {
  enum class Kind { handed_over, closed_short, questioned, question_answered, other };
  Kind kind{Kind::other};
  Fulfilment fulfilment{Fulfilment::none};
};
/// Hand-over wins over cancellation, in whichever order the two arrive. Empty: nothing changes.
RxDecision react(const Prescription& state, const Dispensing& fact);

/// Applies what was decided.
void evolve(Prescription& state, const RxEvent& event, Instant now, const Rules& rules);

}  // namespace ambula::consultation::domain
