#include <queue/sql.hpp>

#include "check_in.hpp"
#include "handlers.hpp"
#include "recording.hpp"

namespace ambula::queue::events {
namespace {

bool is_withdrawal(std::string_view type) {
  return type == "AppointmentCheckInUndone" || type == "AppointmentCancelled";
}

bool ends_the_visit(std::string_view type) {
  return is_withdrawal(type) || type == "AppointmentNoShow" || type == "AppointmentCompleted";
}

domain::Decision reaction(const bus::Event& event, const domain::Entry& entry) {
  if (event.type == "AppointmentNoShow") return react(entry, domain::AppointmentNoShow{});
  if (event.type == "AppointmentCompleted") return react(entry, domain::AppointmentCompleted{});
  if (is_withdrawal(event.type)) return react(entry, domain::AppointmentWithdrawn{});
  return {};
}

/// Start and cancellation of its consultation come by another topic and may be late: what the visit
/// says is kept for them (on_consultation), until the patient is there again.
void keep_withdrawal(outbox::Delivery& delivery, const domain::Entry& entry,
                     const Uuid& appointment) {
  if (!is_withdrawal(delivery.event.type)) return;
  delivery.tx.exec(sql::remember_withdrawal, entry.facility_id, appointment, delivery.now);
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
    keep_withdrawal(delivery, locked->entry, fact->id);
  } else if (ends_the_visit(event.type)) {
    delivery.tx.exec(sql::forget_early_check_in, fact->id, *event.facility_id);
  }
  return {};
}

}  // namespace ambula::queue::events
