#include "bindings.hpp"

#include <patient/sql.hpp>
#include <tuple>

#include "rows.hpp"

namespace ambula::patient::store {
namespace {

using Text = std::optional<std::string>;

Application to_application(const db::Row& row) {
  Application application{.account_id = row.get<Uuid>("account_id"),
                          .facility_id = row.get<Uuid>("facility_id"),
                          .email = row.get<std::string>("email"),
                          .person = {},
                          .at = row.get<Instant>("at")};
  if (row.is_null("birth_date")) return application;
  domain::Details person;
  person.given_name = row.get<std::string>("given_name");
  person.family_name = row.get<Text>("family_name");
  person.birth_date = row.get<Date>("birth_date");
  person.sex = domain::parse_sex(row.text("sex")).value_or(domain::Sex::unknown);
  person.phone = row.get<Text>("phone");
  application.person = std::move(person);
  return application;
}

}  // namespace

std::vector<domain::Patient> lock_matches(db::Transaction& tx, const Uuid& facility,
                                          const std::string& email) {
  std::vector<domain::Patient> matches;
  for (const auto row : tx.exec(sql::lock_matches, facility, email))
    matches.push_back(to_patient(row));
  return matches;
}

std::optional<Uuid> record_of(db::Transaction& tx, const Uuid& account) {
  const auto rows = tx.exec(sql::record_of_account, account);
  if (rows.empty()) return std::nullopt;
  return rows.front().get<Uuid>("id");
}

void note(db::Transaction& tx, const Application& application) {
  const auto person = application.person.value_or(domain::Details{});
  const bool told = application.person.has_value();
  tx.exec(sql::note_binding, application.account_id, application.facility_id, application.email,
          told ? Text(person.given_name) : std::nullopt, person.family_name,
          told ? std::optional(person.birth_date) : std::nullopt,
          told ? Text(domain::to_string(person.sex)) : std::nullopt, person.phone, application.at);
}

void settle(db::Transaction& tx, const Application& application,
            const std::optional<domain::Refusal>& reason, const std::vector<Uuid>& candidates,
            const outbox::Events& events) {
  tx.exec(sql::settle_binding, application.account_id, application.facility_id,
          reason ? Text(domain::to_string(*reason)) : std::nullopt, candidates, events);
}

std::vector<Application> lock_waiting(db::Transaction& tx, const Uuid& facility) {
  std::vector<Application> waiting;
  for (const auto row : tx.exec(sql::waiting_bindings, facility))
    waiting.push_back(to_application(row));
  return waiting;
}

std::vector<RefusedBinding> list_refused(db::Session& session, const Uuid& facility,
                                         const std::optional<std::pair<Instant, Uuid>>& before,
                                         int limit) {
  std::optional<Instant> at;
  std::optional<Uuid> account;
  if (before) std::tie(at, account) = *before;
  std::vector<RefusedBinding> refused;
  for (const auto row : session.read(sql::list_refused_bindings, facility, at, account, limit)) {
    refused.push_back({row.get<Uuid>("account_id"), row.get<Instant>("at"),
                       row.get<std::string>("reason"), row.get<std::string>("given_name"),
                       row.get<Text>("family_name"), row.get<Date>("birth_date"),
                       row.get<std::vector<Uuid>>("candidates")});
  }
  return refused;
}

}  // namespace ambula::patient::store
