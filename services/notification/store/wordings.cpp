#include "wordings.hpp"

#include <notification/sql.hpp>

#include "rows.hpp"

namespace ambula::notification::store {
namespace {

std::optional<domain::OwnWording> first_wording(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return to_wording(rows.front());
}

}  // namespace

std::optional<domain::OwnWording> wording(db::Session& session, const Uuid& facility,
                                          domain::Template name, std::string_view language) {
  return first_wording(session.read(sql::get_wording, facility, to_string(name), language));
}

std::optional<domain::OwnWording> wording(db::Transaction& tx, const Uuid& facility,
                                          domain::Template name, std::string_view language) {
  return first_wording(tx.exec(sql::get_wording, facility, to_string(name), language));
}

std::optional<domain::OwnWording> save(db::Transaction& tx, const Uuid& facility,
                                       domain::Template name, std::string_view language,
                                       const domain::Wording& words, std::int64_t expected,
                                       Instant now, const Uuid& actor) {
  return first_wording(tx.exec(sql::save_wording, facility, to_string(name), language,
                               words.subject, words.body, now, actor, expected));
}

}  // namespace ambula::notification::store
