#include <scheduling/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "scheduling/store/appointments.hpp"

namespace ambula::scheduling::events {
namespace {

bool time_still_free(db::Transaction& tx, const domain::Appointment& visit) {
  return tx
      .exec(sql::time_still_free, visit.facility_id, visit.id, visit.doctor_id, visit.patient_id,
            visit.time.from, visit.time.to)
      .front()
      .get<bool>("free");
}

domain::Decision react(db::Transaction& tx, const bus::Event& event, const Uuid& consultation,
                       const domain::Appointment& visit) {
  if (event.type == "ConsultationStarted") {
    const bool free = domain::holds_time(visit.status) || time_still_free(tx, visit);
    return domain::react(visit, domain::ConsultationStarted{consultation, free});
  }
  if (event.type == "ConsultationCompleted")
    return domain::react(visit, domain::ConsultationCompleted{consultation});
  if (event.type == "ConsultationCancelled")
    return domain::react(visit, domain::ConsultationCancelled{consultation});
  return {};
}

}  // namespace

/// The patient's presence wins: the appointment follows its consultation (domain.md, reaction
/// rows).
Result<void> on_consultation(outbox::Delivery& delivery) {
  const auto fact = decode_consultation(delivery.event.data);
  if (!fact) return fact.error();
  if (!delivery.event.facility_id) return {};
  if (fact->doctor_id)
    delivery.tx.exec(sql::mark_doctor_used, *fact->doctor_id, *delivery.event.facility_id);
  if (!fact->appointment_id) return {};
  const auto locked = store::lock(delivery.tx, *delivery.event.facility_id, *fact->appointment_id);
  if (!locked) return {};
  const auto decision = react(delivery.tx, delivery.event, fact->id, locked->appointment);
  if (decision.empty()) return {};
  auto visit = locked->appointment;
  outbox::Events events(delivery.cause());
  for (const auto& event : decision) {
    evolve(visit, event);
    events.add(to_string(event.kind), encode_appointment(visit));
  }
  visit.updated_at = delivery.now;
  visit.updated_by = delivery.event.actor_id.value_or(Uuid{});
  const auto saved = store::save(delivery.tx, visit, locked->rules, false, events);
  if (!saved) return saved.error();
  return {};
}

}  // namespace ambula::scheduling::events
