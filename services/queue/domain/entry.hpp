#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::queue::domain {

enum class Kind { regular, emergency, staging };
std::string_view to_string(Kind kind);
std::optional<Kind> parse_kind(std::string_view text);

enum class Status {
  waiting,
  called,
  in_service,
  on_hold,
  completed,
  transferred,
  left,
  no_show,
  cancelled
};
std::string_view to_string(Status status);
std::optional<Status> parse_status(std::string_view text);
/// Still somebody's turn to come or going on.
bool is_open(Status status);

/// In rising order of urgency from the back: critical sorts first.
enum class Level { critical, high, moderate, low };
std::string_view to_string(Level level);
std::optional<Level> parse_level(std::string_view text);

/// A line of patients in a department. A department opens one of each kind.
struct Queue {
  Uuid id;
  Uuid facility_id;
  Uuid department_id;
  std::string code;
  std::string name;
  Kind kind{Kind::regular};
  std::string board_token;
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

/// The number is unique and gap-free in the queue that drew it and its local day; the label stays
/// through transfers.
struct Ticket {
  std::string label;
  int number{0};
};

/// A patient's place in a queue on a day.
struct Entry {
  Uuid id;
  Uuid facility_id;
  Uuid queue_id;
  Kind queue_kind{Kind::regular};
  Uuid department_id;
  Ticket ticket;
  Date day;
  Uuid origin_queue_id;  ///< drew the ticket; stays through transfers
  std::optional<Uuid> patient_id;
  std::optional<Uuid> visitor_id;  ///< an anonymous walk-in; kept after identification
  std::optional<Uuid> doctor_id;
  std::optional<std::string> assignment;  ///< why this doctor, when the service chose
  std::optional<Uuid> appointment_id;
  std::optional<Uuid> consultation_id;
  Status status{Status::waiting};
  std::optional<Level> triage_level;     ///< the rules' or the nurse's who overrode them
  std::optional<std::string> triage;     ///< what the rules said, as clients are told
  std::optional<std::string> specialty;  ///< asked for at triage
  std::optional<Level> priority;         ///< prioritised by hand; goes before the triage level
  int calls{0};
  std::optional<std::string> reason;         ///< why the patient comes
  std::optional<std::string> status_reason;  ///< why it is held, left, cancelled …
  std::optional<std::string> room;
  std::optional<Uuid> transferred_to;
  std::optional<Uuid> transferred_from;
  Instant seniority;  ///< counts from here in the order: arrival, or the rejoining
  std::optional<Instant> called_at;
  std::optional<Instant> first_called_at;  ///< the wait was over: called or started
  std::optional<Instant> started_at;
  std::optional<Instant> completed_at;
  std::string tracking_token;
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;

  /// Prioritised level, else triage level, else LOW.
  Level level() const { return priority.value_or(triage_level.value_or(Level::low)); }
};

enum class EventKind {
  created,
  linked,
  triaged,
  prioritized,
  assigned,
  called,
  returned,
  started,
  start_undone,
  held,
  resumed,
  transferred,
  no_show,
  left,
  cancelled,
  rejoined,
  completed,
  // What other services learn elsewhere or need not know; kept in the history only.
  identified,
  consultation_noted
};
/// "QueueEntryCreated" …
std::string_view to_string(EventKind kind);
/// Whether neighbours are told.
bool is_published(EventKind kind);

struct Event {
  EventKind kind;
  std::optional<std::string> reason{};
  std::optional<Uuid> id{};         ///< successor (transferred), consultation (started, completed,
                                    ///< noted), appointment (linked), patient (identified)
  std::optional<Uuid> doctor_id{};  ///< assigned, started, linked
  std::optional<Level> level{};
  std::optional<std::string> room{};
  std::optional<std::string> triage{};
  std::optional<std::string> specialty{};
};
using Decision = std::vector<Event>;

// Commands of domain.md, "Queue entry". A state that its table does not name is refused: 409
// `illegal-transition`.
struct Call {
  int max_calls{3};
  std::optional<std::string> room{};
};
struct Return {
  int max_calls{3};
};
struct Start {};
struct Hold {
  std::string reason;
};
struct Resume {};
struct Transfer {
  Uuid successor;
  std::string reason;
};
struct Leave {
  std::string reason;
};
struct Cancel {
  std::string reason;
};
struct NoShow {};
struct Complete {};
struct Rejoin {
  Date today;
};
struct Assign {
  Uuid doctor_id;
  std::optional<std::string> why{};  ///< when the service chose
};
struct Triage {
  Level level;         ///< in force: the rules' or the overriding one
  std::string result;  ///< what the rules said, as clients are told
  std::optional<std::string> specialty{};
};
struct Identify {
  Uuid patient_id;
};
struct Prioritize {
  Level level;
  std::string reason;
};
Result<Decision> decide(const Entry& state, const Call& command);
Result<Decision> decide(const Entry& state, const Return& command);
Result<Decision> decide(const Entry& state, const Start& command);
Result<Decision> decide(const Entry& state, const Hold& command);
Result<Decision> decide(const Entry& state, const Resume& command);
Result<Decision> decide(const Entry& state, const Transfer& command);
Result<Decision> decide(const Entry& state, const Leave& command);
Result<Decision> decide(const Entry& state, const Cancel& command);
Result<Decision> decide(const Entry& state, const NoShow& command);
Result<Decision> decide(const Entry& state, const Complete& command);
Result<Decision> decide(const Entry& state, const Rejoin& command);
Result<Decision> decide(const Entry& state, const Assign& command);
Result<Decision> decide(const Entry& state, const Prioritize& command);
Result<Decision> decide(const Entry& state, const Triage& command);
Result<Decision> decide(const Entry& state, const Identify& command);

// Reactions to facts of neighbours; what does not fit changes nothing.
struct ConsultationStarted {
  Uuid consultation_id;
  Uuid doctor_id;
  bool same_day{true};
};
struct ConsultationCancelled {
  Uuid consultation_id;
};
struct ConsultationCompleted {
  Uuid consultation_id;
};
struct ConsultationTakenOver {
  Uuid consultation_id;
  Uuid doctor_id;
};
struct AppointmentLinked {
  Uuid appointment_id;
  Uuid doctor_id;
  std::optional<Level> triage_level{};
};
struct AppointmentNoShow {};
struct AppointmentCompleted {};
struct AppointmentWithdrawn {};  ///< cancelled, or its check-in undone
struct DayClosed {};
Decision react(const Entry& state, const ConsultationStarted& fact);
Decision react(const Entry& state, const ConsultationCancelled& fact);
Decision react(const Entry& state, const ConsultationCompleted& fact);
Decision react(const Entry& state, const ConsultationTakenOver& fact);
Decision react(const Entry& state, const AppointmentLinked& fact);
Decision react(const Entry& state, const AppointmentNoShow& fact);
Decision react(const Entry& state, const AppointmentCompleted& fact);
Decision react(const Entry& state, const AppointmentWithdrawn& fact);
Decision react(const Entry& state, const DayClosed& fact);

/// Applies what was decided at `now`.
void evolve(Entry& state, const Event& event, Instant now);

/// The entry after each event of the decision; the last one is what is saved.
std::vector<Entry> stages(const Entry& state, const Decision& decision, Instant now,
                          const Uuid& actor);

/// The entry that goes on in another queue: same person, label, level and tracking token; its
/// seniority is kept.
Entry successor_of(const Entry& state, const Uuid& id, const Queue& target, Instant now,
                   const Uuid& actor);

/// Why an entry stands where it stands: "level, then arrival, then ticket" in words for people.
std::string order_reason(const Entry& entry);

}  // namespace ambula::queue::domain
