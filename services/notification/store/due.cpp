#include "due.hpp"

#include <notification/sql.hpp>

#include "messages.hpp"

namespace ambula::notification::store {

int queue_reminders(db::Transaction& tx, Instant now) {
  int queued = 0;
  for (const auto row : tx.exec(sql::take_due_reminders, now)) {
    const auto patient = row.get<Uuid>("patient_id");
    const domain::Intent intent{.facility_id = row.get<Uuid>("facility_id"),
                                .template_name = domain::Template::appointment_reminder,
                                .recipient = patient.str(),
                                .patient_id = patient,
                                .subject_id = row.get<Uuid>("appointment_id"),
                                .event_id = row.get<Uuid>("event_id"),
                                .fact_version = row.get<std::int64_t>("notice_version"),
                                .fact_time = row.get<Instant>("due_at")};
    insert(tx, message_of(intent, Uuid::make(now), now));
    ++queued;
  }
  return queued;
}

bool queue_digest(db::Transaction& tx, Instant now) {
  const auto taken = tx.exec(sql::take_due_digest, now);
  if (taken.empty()) return false;
  const auto facility = taken.front().get<Uuid>("facility_id");
  const auto recipients = tx.exec(sql::digest_recipients, facility);
  const auto digest = Uuid::make(now);
  if (recipients.empty() || tx.exec(sql::claim_stock_news, facility, digest).affected() == 0)
    return true;
  for (const auto row : recipients) {
    const domain::Intent intent{.facility_id = facility,
                                .template_name = domain::Template::stock_digest,
                                .recipient = row.get<std::string>("recipient"),
                                .patient_id = std::nullopt,
                                .subject_id = digest,
                                .event_id = digest,
                                .fact_version = 0,
                                .fact_time = now};
    insert(tx, message_of(intent, Uuid::make(now), now));
  }
  return true;
}

}  // namespace ambula::notification::store
