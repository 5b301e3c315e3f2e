#pragma once

#include <map>

#include "stock.hpp"

namespace ambula::pharmacy::domain {

/// Decided by consultation; but holding and resuming are the pharmacy's own question and answer, so
/// they show at once.
enum class Status { issued, on_hold, completed, stopped, cancelled, expired };
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);

/// Decided here.
enum class Fulfilment { none, reserved, partial, full, closed_short, declined };
std::string_view to_string(Fulfilment fulfilment);
std::optional<Fulfilment> parse_fulfilment(std::string_view text);

struct Item {
  Uuid item_id;
  bool free_text{false};  ///< prescribed without an id
  std::optional<Uuid> medicine_id;
  std::string name;
  std::optional<std::string> strength;
  std::optional<std::string> form;
  std::string dose;
  std::optional<std::string> route;
  std::string frequency;
  std::optional<int> duration_days;
  std::optional<std::string> instructions;
  int quantity{0};
  int dispensed{0};

  int remaining() const { return quantity - dispensed; }
};

/// A prescription as the pharmacy works on it.
struct Prescription {
  Uuid id;
  Uuid facility_id;
  std::string number;
  Status status{Status::issued};
  Fulfilment fulfilment{Fulfilment::none};
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;
  Uuid doctor_id;
  Uuid consultation_id;
  Instant issued_at;
  Date expires_on;
  std::vector<Item> items;
  std::vector<Line> reserved;
  std::optional<Instant> ready_at;
  std::optional<Instant> reserved_until;
  std::optional<std::string> reason;
  Record record;
};

enum class EventKind {
  reserved,
  reservation_released,
  ready,
  partly_dispensed,
  dispensed,
  declined,
  decline_undone,
  questioned,
  question_answered,
  closed_short
};
/// "PrescriptionReserved" …
std::string_view to_string(EventKind kind);

struct Event {
  EventKind kind;
  std::vector<Line> lines{};
  std::optional<std::string> reason{};
  std::optional<Uuid> dispense_id{};
};
using Decision = std::vector<Event>;

/// Pending and not past its last day; else 409 `not-dispensable`.
Result<void> check_dispensable(const Prescription& state, Date today);
/// Everything that is still to be handed over.
std::vector<Want> all_that_remains(const Prescription& state);
/// Completes what a client asked for with the medicines; 422 `unknown-item`, 422
/// `more-than-remaining`.
Result<std::vector<Want>> wanted(const Prescription& state, std::vector<Want> lines);

// Commands of domain.md, "Dispense and stock".
struct Reserve {
  std::vector<Line> lines;  ///< a plan without shortage
};
struct ReleaseReservation {};
struct MakeReady {};
struct HandOver {
  Uuid dispense_id;
  std::vector<Line> lines;  ///< a plan without shortage
};
struct Decline {
  std::string reason;
};
struct Hold {
  std::string reason;
};
struct Resume {
  std::optional<std::string> answer;  ///< to the question, as the API's `reason`
};
struct Close {
  std::string reason;
};
Result<Decision> decide(const Prescription& state, const Reserve& command, Date today);
Result<Decision> decide(const Prescription& state, const ReleaseReservation& command);
Result<Decision> decide(const Prescription& state, const MakeReady& command, Date today);
Result<Decision> decide(const Prescription& state, const HandOver& command, Date today);
Result<Decision> decide(const Prescription& state, const Decline& command);
Result<Decision> decide(const Prescription& state, const Hold& command);
Result<Decision> decide(const Prescription& state, const Resume& command);
Result<Decision> decide(const Prescription& state, const Close& command);

// Reactions; what does not fit changes nothing.

/// The lot left AVAILABLE: its reservations are free.
struct LotWithdrawn {
  Uuid lot_id;
};
/// reservation_h is over.
struct ReservationTimedOut {
  Instant now;
};
/// Consultation ended it, or a new plan fell short: what is reserved is free.
struct Ended {};
Decision react(const Prescription& state, const LotWithdrawn& fact);
Decision react(const Prescription& state, const ReservationTimedOut& fact);
Decision react(const Prescription& state, const Ended& fact);

/// Applies what was decided.
void evolve(Prescription& state, const Event& event, Instant now);

/// What a lot gains or loses.
struct StockChange {
  int on_hand{0};
  int reserved{0};
};
/// What becomes of the lots when `before` becomes `after` and `handed` leaves.
std::map<Uuid, StockChange> stock_changes(const Prescription& before, const Prescription& after,
                                          const std::vector<Line>& handed);

}  // namespace ambula::pharmacy::domain
