#pragma once

#include <optional>
#include <string>

#include <ambula/db/session.hpp>

namespace ambula::notification::store {

/// The token of the link under a patient's reminders; always the same.
Uuid unsubscription_token(db::Transaction& tx, const Uuid& patient, const Uuid& facility);

/// Whose link it is, as far as it is known.
struct Unsubscription {
  Uuid patient_id;
  bool used{false};
  std::string language;
  std::string facility;
  std::string locale;
};
std::optional<Unsubscription> find_unsubscription(db::Session& session, const Uuid& token);
/// No more reminders from now on; again changes nothing.
void unsubscribe(db::Transaction& tx, const Uuid& token, Instant now);

}  // namespace ambula::notification::store
