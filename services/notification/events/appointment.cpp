#include <notification/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "intent.hpp"
#include "notification/store/messages.hpp"

namespace ambula::notification::events {
namespace {

using domain::Template;

std::optional<Template> template_of(std::string_view type) {
  if (type == "AppointmentBooked") return Template::appointment_booked;
  if (type == "AppointmentRescheduled") return Template::appointment_moved;
  if (type == "AppointmentCancelled") return Template::appointment_cancelled;
  if (type == "AppointmentReinstated") return Template::appointment_reinstated;
  return std::nullopt;
}

}  // namespace

Result<void> on_appointment(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || !event.facility_id) return {};
  const auto fact = decode_appointment(event.data);
  if (!fact) return fact.error();
  const auto name = template_of(event.type);
  delivery.tx.exec(sql::project_appointment, fact->id, event.facility_id, fact->patient_id,
                   fact->doctor_id, fact->department_id, fact->starts_at, fact->ends_at,
                   fact->status, event.aggregate_version, name.has_value());
  return {};
}

Result<void> tell_of_appointment(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || !event.facility_id) return {};
  const auto fact = decode_appointment(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::plan_reminders, fact->id, event.facility_id, delivery.now);
  if (const auto name = template_of(event.type)) {
    store::insert(delivery.tx, message_of(intent_of(event, *name, fact->patient_id, fact->id),
                                          Uuid::make(delivery.now), delivery.now));
  }
  return {};
}

}  // namespace ambula::notification::events
