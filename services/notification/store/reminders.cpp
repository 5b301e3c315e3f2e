#include "reminders.hpp"

#include <notification/sql.hpp>

namespace ambula::notification::store {

Uuid unsubscription_token(db::Transaction& tx, const Uuid& patient, const Uuid& facility) {
  return tx.exec(sql::unsubscription_token, patient, facility).front().get<Uuid>("token");
}

std::optional<Unsubscription> find_unsubscription(db::Session& session, const Uuid& token) {
  const auto rows = session.read(sql::find_unsubscription, token);
  if (rows.empty()) return std::nullopt;
  const auto row = rows.front();
  const auto text = [&](const char* name) {
    return row.get<std::optional<std::string>>(name).value_or("");
  };
  return Unsubscription{.patient_id = row.get<Uuid>("patient_id"),
                        .used = !row.is_null("at"),
                        .language = text("language"),
                        .facility = text("name"),
                        .locale = text("locale")};
}

void unsubscribe(db::Transaction& tx, const Uuid& token, Instant now) {
  tx.exec(sql::unsubscribe, token, now);
}

}  // namespace ambula::notification::store
