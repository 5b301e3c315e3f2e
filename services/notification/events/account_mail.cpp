#include <notification/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "notification/store/messages.hpp"

namespace ambula::notification::events {

/// A mail with a single-use token [NOT-3]. The token stays only until the message is settled.
Result<void> on_account_mail(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone) return {};
  if (event.type != "AccountMailRequested") return outbox::ignored();
  const auto fact = decode_account_mail(event.data);
  if (!fact) return fact.error();
  const domain::Intent intent{.facility_id = fact->facility_id,
                              .template_name = fact->template_name,
                              .recipient = fact->account_id.str(),
                              .patient_id = std::nullopt,
                              .subject_id = fact->account_id,
                              .event_id = event.id,
                              .fact_version = event.aggregate_version,
                              .fact_time = event.time};
  const auto message = message_of(intent, Uuid::make(delivery.now), delivery.now);
  if (!store::insert(delivery.tx, message) || !is_open(message.status)) return {};
  const auto& mail = fact->mail;
  delivery.tx.exec(sql::keep_account_mail, message.id, mail.address, mail.language, mail.token,
                   mail.expires_at);
  return {};
}

}  // namespace ambula::notification::events
