#include <queue/sql.hpp>

#include "check_in.hpp"
#include "handlers.hpp"
#include "recording.hpp"

namespace ambula::queue::events {
namespace {

bool ends_the_visit(std::string_view type) {
  return type == "AppointmentCheckInUndone" || type == "AppointmentCancelled" ||
         type == "AppointmentNoShow" || type == "AppointmentCompleted";
}

domain::Decision reaction(const bus::Event& event, const domain::Entry& entry) {
  if (event.type == "AppointmentNoShow") return react(entry, domain::AppointmentNoShow{});
  if (event.type == "AppointmentCompleted") return react(entry, domain::AppointmentCompleted{});
  if (event.type == "AppointmentCheckInUndone" || event.type == "AppointmentCancelled") {
    return react(entry, domain::AppointmentWithdrawn{});
  }
  return {};
}

}  // namespace

/// A check-in makes or links the entry; what ends the visit ends its entry [QUE-10].
Result<void> on_appointment(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || !event.facility_id) return {};
  const auto fact = decode_appointment(event.data);
  if (!fact) return fact.error();
  if (event.type == "AppointmentCheckedIn") {
    check_in(delivery, *fact, event.time);
    return {};
  }
  const auto locked = store::lock_of_appointment(delivery.tx, *event.facility_id, fact->id);
  if (locked) {
    record(delivery.tx, locked->entry, reaction(event, locked->entry), act_of(delivery));
  } else if (ends_the_visit(event.type)) {
    delivery.tx.exec(sql::forget_early_check_in, fact->id, *event.facility_id);
  }
  return {};
}

}  // namespace ambula::queue::events
