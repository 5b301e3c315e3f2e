#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/service/call.hpp>

#include "scheduling/domain/booking.hpp"
#include "scheduling/domain/figures.hpp"

namespace ambula::scheduling::store {

/// What the booking rules need, read in one round trip; `hours_version` is what the booking must
/// still find.
struct BookingContext {
  domain::Rules rules;
  domain::BookingFacts facts;
  std::int64_t hours_version{0};
};
/// nullopt: the facility is not known here yet.
std::optional<BookingContext> booking_context(db::Session& session, const Uuid& facility,
                                              const Uuid& patient, const Uuid& doctor,
                                              Instant starts_at);
BookingContext booking_context(db::Transaction& tx, const Uuid& facility, const Uuid& patient,
                               const Uuid& doctor, Instant starts_at);

/// Books in one statement. False: something forbids it, see why_not_booked.
Result<bool> book(db::Session& session, const domain::Appointment& appointment,
                  const BookingContext& context, const service::Call::IdempotencyParams& answer,
                  const outbox::Events& events);

/// Why a time cannot be had. `retry`: nothing forbids it now; a race was lost or the hours changed
/// meanwhile.
enum class Refusal { patient_overlap, doctor_day_full, slot_taken, retry };
Refusal why_not_booked(db::Session& session, const domain::Appointment& wanted,
                       const BookingContext& context);
Refusal why_not_booked(db::Transaction& tx, const domain::Appointment& wanted,
                       const BookingContext& context);

std::optional<domain::Appointment> get(db::Session& session, const Uuid& facility, const Uuid& id);

struct Locked {
  domain::Appointment appointment;
  domain::Rules rules;
};
std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id);

/// Saves the state that follows from a decision, its history and events; answers the new version. A
/// visit that needs a seat and finds none is 409 `doctor-day-full`.
Result<std::int64_t> save(db::Transaction& tx, const domain::Appointment& appointment,
                          const domain::Rules& rules, bool needs_seat,
                          const outbox::Events& events);

struct ListFilter {
  Instant from{Instant::min()};
  Instant to{Instant::max()};
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> patient_id;
  std::optional<Uuid> department_id;
  std::optional<domain::Status> status;
};
/// In the order (starts_at, id), after the cursor's row.
std::vector<domain::Appointment> list(db::Session& session, const Uuid& facility,
                                      const ListFilter& filter,
                                      const std::optional<std::pair<Instant, Uuid>>& after,
                                      int limit);

/// What happened in a span, in all and by day, doctor and department [REP-2].
std::vector<domain::Figures> figures(db::Session& session, const Uuid& facility,
                                     const TimeRange& span);

/// What a patient's symptom check found; nullopt: not known here.
std::optional<domain::Assessment> find_assessment(db::Session& session, const Uuid& facility,
                                                  const Uuid& id);

/// The facility's settings; nullopt when not known here yet.
std::optional<domain::Rules> rules(db::Session& session, const Uuid& facility);
std::optional<domain::Rules> rules(db::Transaction& tx, const Uuid& facility);

/// Books within a transaction, for a patient who waited: no answer to store.
bool book(db::Transaction& tx, const domain::Appointment& appointment,
          const BookingContext& context, const outbox::Events& events);

/// Keeps the hours of these doctors as they are until the transaction ends.
void share_doctors(db::Transaction& tx, const Uuid& facility, const std::vector<Uuid>& doctors);

/// Notes that time of a doctor (of every doctor without one) became free; see
/// store/waiting_requests.hpp.
void free_time(db::Transaction& tx, const Uuid& facility, const std::optional<Uuid>& doctor,
               const TimeRange& span);

}  // namespace ambula::scheduling::store
