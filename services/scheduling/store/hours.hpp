#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "scheduling/domain/appointment.hpp"
#include "scheduling/domain/directory.hpp"

// Weekly hours, exceptions and holidays [SCH-3].
namespace ambula::scheduling::store {

/// Replaces the weekly hours, or only tells that exceptions changed; answers the new
/// hours_version.
std::int64_t save_hours(db::Transaction& tx, const domain::Doctor& doctor,
                        const outbox::Events& events);

/// Fills in what the doctors' hours except from `now` on. After their rows were locked.
void read_exceptions(db::Transaction& tx, const Uuid& facility, std::span<domain::Doctor> doctors,
                     Instant now);

void insert(db::Transaction& tx, const domain::ExceptionRecord& exception);
/// What was deleted; nullopt: there was none.
std::optional<domain::ExceptionRecord> delete_exception(db::Transaction& tx, const Uuid& facility,
                                                        const Uuid& doctor, const Uuid& id);
/// In the order (from, id), of those that overlap the span.
std::vector<domain::ExceptionRecord> list_exceptions(
    db::Session& session, const Uuid& facility, const Uuid& doctor, std::optional<Instant> from,
    std::optional<Instant> to, const std::optional<std::pair<Instant, Uuid>>& after, int limit);

/// Locks the facility's settings: holidays and new doctors wait for each other here. nullopt: not
/// known here yet.
std::optional<domain::Rules> lock_facility(db::Transaction& tx, const Uuid& facility);
/// Every doctor of the facility, locked, with exceptions.
std::vector<domain::Doctor> lock_doctors(db::Transaction& tx, const Uuid& facility);
/// Raises every doctor's hours_version and tells one event for each, in the order of `doctors`.
void save_facility_hours(db::Transaction& tx, const Uuid& facility,
                         std::span<const domain::Doctor> doctors, Instant now, const Uuid& actor,
                         const outbox::Events& events);

void insert(db::Transaction& tx, const domain::HolidayRecord& holiday);
std::optional<domain::HolidayRecord> delete_holiday(db::Transaction& tx, const Uuid& facility,
                                                    const Uuid& id);
/// In the order (date, id).
std::vector<domain::HolidayRecord> list_holidays(db::Session& session, const Uuid& facility,
                                                 std::optional<Date> from, std::optional<Date> to,
                                                 const std::optional<std::pair<Date, Uuid>>& after,
                                                 int limit);

/// BOOKED visits to come of the doctor (without one: of the facility) that overlap the span.
std::vector<domain::Appointment> visits_to_come(db::Transaction& tx, const Uuid& facility,
                                                const std::optional<Uuid>& doctor, Instant now,
                                                const TimeRange& span);

}  // namespace ambula::scheduling::store
