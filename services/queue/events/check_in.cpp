#include "check_in.hpp"

#include <algorithm>
#include <queue/sql.hpp>

#include <ambula/auth/password.hpp>
#include <ambula/base/zone.hpp>

#include "recording.hpp"

namespace ambula::queue::events {
namespace {

constexpr int tracking_token_bytes = 18;

struct EarlyConsultation {
  Uuid id;
  Uuid doctor_id;
  bool completed{false};
};

/// What a consultation said before the check-in arrived.
std::optional<EarlyConsultation> take_early_consultation(outbox::Delivery& delivery,
                                                         const Uuid& appointment) {
  const auto rows =
      delivery.tx.exec(sql::early_consultation_of, appointment, delivery.event.facility_id);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  delivery.tx.exec(sql::forget_early_consultation, appointment, delivery.event.facility_id);
  return EarlyConsultation{row.get<Uuid>("consultation_id"), row.get<Uuid>("doctor_id"),
                           row.get<bool>("completed")};
}

domain::Entry new_entry(outbox::Delivery& delivery, const AppointmentFact& fact,
                        const domain::Queue& queue, Date day, Instant checked_in_at) {
  domain::Entry entry;
  entry.id = Uuid::make(delivery.now);
  entry.facility_id = queue.facility_id;
  entry.queue_id = entry.origin_queue_id = queue.id;
  entry.queue_kind = queue.kind;
  entry.department_id = queue.department_id;
  entry.day = day;
  entry.patient_id = fact.patient_id;
  entry.doctor_id = fact.doctor_id;
  entry.appointment_id = fact.id;
  entry.triage_level = fact.triage_level;
  entry.seniority = std::min(checked_in_at, delivery.now);  // by another host's clock
  entry.tracking_token = auth::random_token(tracking_token_bytes);
  entry.created_at = entry.updated_at = delivery.now;
  entry.created_by = entry.updated_by = delivery.event.actor_id.value_or(Uuid{});
  return entry;
}

/// Links the patient's open walk-in or makes an entry; answers it.
domain::Entry link_or_enter(outbox::Delivery& delivery, const AppointmentFact& fact,
                            const domain::Queue& queue, Date day, Instant checked_in_at) {
  const auto walk_in =
      store::lock_open_walk_in(delivery.tx, queue.facility_id, fact.patient_id, queue.id, day);
  if (walk_in) {
    const domain::AppointmentLinked linked{fact.id, fact.doctor_id, fact.triage_level};
    return record(delivery.tx, walk_in->entry, react(walk_in->entry, linked), act_of(delivery));
  }
  auto entry = new_entry(delivery, fact, queue, day, checked_in_at);
  enter(delivery.tx, entry, queue, act_of(delivery));
  return entry;
}

/// Brings the new entry into the state that its consultation implies.
void catch_up(outbox::Delivery& delivery, domain::Entry entry,
              const EarlyConsultation& consultation) {
  const domain::ConsultationStarted started{consultation.id, consultation.doctor_id, true};
  entry = record(delivery.tx, entry, react(entry, started), act_of(delivery));
  if (!consultation.completed) return;
  const domain::ConsultationCompleted completed{consultation.id};
  record(delivery.tx, entry, react(entry, completed), act_of(delivery));
}

/// Where a check-in goes, once department and facility are known.
struct Place {
  domain::Queue queue;
  store::Settings settings;
};
std::optional<Place> place_of(db::Transaction& tx, const Uuid& facility,
                              const AppointmentFact& fact) {
  auto queue = store::first_queue(tx, facility, fact.department_id, domain::Kind::regular);
  auto settings = store::settings(tx, facility);
  if (!queue || !settings) return std::nullopt;
  return Place{*std::move(queue), *std::move(settings)};
}

}  // namespace

void check_in(outbox::Delivery& delivery, const AppointmentFact& fact, Instant checked_in_at) {
  const auto& facility = *delivery.event.facility_id;
  delivery.meet("appointment", fact.id);
  const auto known = store::lock_of_appointment(delivery.tx, facility, fact.id);
  if (known) delivery.tx.exec(sql::forget_withdrawal, fact.id, facility);
  if (known && is_open(known->entry.status)) return;
  auto place = place_of(delivery.tx, facility, fact);
  if (!place) {
    // Whoever opens the queues meets us here: looked for again, they are not missed.
    delivery.meet("check-ins", facility);
    place = place_of(delivery.tx, facility, fact);
  }
  if (!place) {
    const auto level = fact.triage_level ? std::optional(std::string(to_string(*fact.triage_level)))
                                         : std::nullopt;
    delivery.tx.exec(sql::remember_early_check_in, facility, fact.id, fact.department_id,
                     fact.patient_id, fact.doctor_id, level, checked_in_at);
    return;
  }
  const auto consultation = take_early_consultation(delivery, fact.id);
  auto entry = link_or_enter(delivery, fact, place->queue,
                             local_date(place->settings.zone, checked_in_at), checked_in_at);
  if (consultation) catch_up(delivery, std::move(entry), *consultation);
}

Result<void> do_early_check_ins(outbox::Delivery& delivery) {
  if (delivery.event.tombstone || !delivery.event.facility_id) return {};
  delivery.meet("check-ins", *delivery.event.facility_id);
  for (const auto row : delivery.tx.exec(sql::take_early_check_ins, *delivery.event.facility_id)) {
    AppointmentFact fact{.id = row.get<Uuid>("appointment_id"),
                         .patient_id = row.get<Uuid>("patient_id"),
                         .doctor_id = row.get<Uuid>("doctor_id"),
                         .department_id = row.get<Uuid>("department_id"),
                         .triage_level = std::nullopt};
    if (!row.is_null("triage_level"))
      fact.triage_level = domain::parse_level(row.text("triage_level"));
    check_in(delivery, fact, row.get<Instant>("checked_in_at"));
  }
  return {};
}

}  // namespace ambula::queue::events
