#include <queue/sql.hpp>

#include <ambula/base/zone.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "recording.hpp"

namespace ambula::queue::events {
namespace {

/// By the entry it was started from, else by its appointment; transfers are followed.
std::optional<store::Locked> named_entry(outbox::Delivery& delivery, const ConsultationFact& fact) {
  const auto& facility = *delivery.event.facility_id;
  if (fact.queue_entry_id) {
    if (auto locked = store::lock_last(delivery.tx, facility, *fact.queue_entry_id)) return locked;
  }
  if (fact.appointment_id)
    return store::lock_of_appointment(delivery.tx, facility, *fact.appointment_id);
  return std::nullopt;
}

/// An entry that ended while its patient queued up anew does not come back: the fact is of the
/// open one.
std::optional<store::Locked> entry_of(outbox::Delivery& delivery, const ConsultationFact& fact) {
  auto locked = named_entry(delivery, fact);
  if (!locked || is_open(locked->entry.status)) return locked;
  const auto& entry = locked->entry;
  if (entry.status == domain::Status::completed) return locked;
  auto open =
      entry.appointment_id
          ? store::lock_of_appointment(delivery.tx, entry.facility_id, *entry.appointment_id)
      : entry.patient_id ? store::lock_open_walk_in(delivery.tx, entry.facility_id,
                                                    *entry.patient_id, entry.queue_id, entry.day)
                         : std::nullopt;
  return open && is_open(open->entry.status) ? std::move(open) : std::move(locked);
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
  if (type == "ConsultationStarted" || type == "ConsultationTakenOver" ||
      type == "ConsultationCompleted") {
    delivery.tx.exec(sql::remember_early_consultation, delivery.event.facility_id,
                     *fact.appointment_id, fact.id, fact.doctor_id, type == "ConsultationCompleted",
                     delivery.now);
  }
  if (type == "ConsultationCancelled") {
    delivery.tx.exec(sql::forget_early_consultation, *fact.appointment_id,
                     delivery.event.facility_id);
  }
}

/// The visit was withdrawn before its consultation's cancellation arrived: as in the other order,
/// the entry waits and ends.
void withdraw_if_told(outbox::Delivery& delivery, const domain::Entry& entry) {
  if (!entry.appointment_id) return;
  const auto told = delivery.tx.exec(sql::is_withdrawn, *entry.appointment_id, entry.facility_id);
  if (!told.front().get<bool>("withdrawn")) return;
  record(delivery.tx, entry, react(entry, domain::AppointmentWithdrawn{}), act_of(delivery));
}

}  // namespace

Result<void> on_consultation(outbox::Delivery& delivery) {
  if (delivery.event.tombstone || !delivery.event.facility_id) return {};
  const auto fact = decode_consultation(delivery.event.data);
  if (!fact) return fact.error();
  if (fact->appointment_id) delivery.meet("appointment", *fact->appointment_id);
  const auto locked = entry_of(delivery, *fact);
  if (!locked) {
    keep_for_check_in(delivery, *fact);
    return {};
  }
  const auto entry = record(delivery.tx, locked->entry, reaction(delivery.event, *fact, *locked),
                            act_of(delivery));
  if (delivery.event.type == "ConsultationCancelled") withdraw_if_told(delivery, entry);
  return {};
}

}  // namespace ambula::queue::events
