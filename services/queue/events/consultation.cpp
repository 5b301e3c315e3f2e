#include <queue/sql.hpp>

#include <ambula/base/zone.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "reaction.hpp"

namespace ambula::queue::events {
namespace {

/// By the entry it was started from, else by its appointment; transfers are followed.
std::optional<store::Locked> entry_of(outbox::Delivery& delivery, const ConsultationFact& fact) {
  const auto& facility = *delivery.event.facility_id;
  if (fact.queue_entry_id) {
    if (auto locked = store::lock_last(delivery.tx, facility, *fact.queue_entry_id)) return locked;
  }
  if (fact.appointment_id)
    return store::lock_of_appointment(delivery.tx, facility, *fact.appointment_id);
  return std::nullopt;
}

domain::Decision reaction(const bus::Event& event, const ConsultationFact& fact,
                          const store::Locked& locked) {
  const auto& entry = locked.entry;
  if (event.type == "ConsultationStarted") {
    const bool same_day = local_date(locked.settings.zone, fact.started_at) == entry.day;
    return react(entry, domain::ConsultationStarted{fact.id, fact.doctor_id, same_day});
  }
  if (event.type == "ConsultationCompleted")
    return react(entry, domain::ConsultationCompleted{fact.id});
  if (event.type == "ConsultationCancelled")
    return react(entry, domain::ConsultationCancelled{fact.id});
  if (event.type == "ConsultationTakenOver") {
    return react(entry, domain::ConsultationTakenOver{fact.id, fact.doctor_id});
  }
  return {};
}

/// The check-in has not arrived: what the consultation said is kept for it.
void keep_for_check_in(outbox::Delivery& delivery, const ConsultationFact& fact) {
  const auto& type = delivery.event.type;
  if (!fact.appointment_id) return;
  if (type == "ConsultationStarted" || type == "ConsultationCompleted") {
    delivery.tx.exec(sql::remember_early_consultation, delivery.event.facility_id,
                     *fact.appointment_id, fact.id, fact.doctor_id, type == "ConsultationCompleted",
                     delivery.now);
  }
  if (type == "ConsultationCancelled") {
    delivery.tx.exec(sql::forget_early_consultation, *fact.appointment_id,
                     delivery.event.facility_id);
  }
}

}  // namespace

Result<void> on_consultation(outbox::Delivery& delivery) {
  if (delivery.event.tombstone || !delivery.event.facility_id) return {};
  const auto fact = decode_consultation(delivery.event.data);
  if (!fact) return fact.error();
  const auto locked = entry_of(delivery, *fact);
  if (!locked) {
    keep_for_check_in(delivery, *fact);
    return {};
  }
  apply(delivery, locked->entry, reaction(delivery.event, *fact, *locked));
  return {};
}

}  // namespace ambula::queue::events
