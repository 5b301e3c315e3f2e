#include "triage.hpp"

#include <queue/sql.hpp>

#include <ambula/base/check.hpp>

namespace ambula::queue::store {
namespace {

StoredRules to_rules(const db::Row& row) {
  return {row.get<std::string>("version"), row.get<std::string>("rules")};
}

}  // namespace

StoredRules active_rules(db::Session& session, const Uuid& facility) {
  const auto rows = session.read(sql::active_rules, facility);
  AMBULA_CHECK(!rows.empty());  // the migration brings one for everybody
  return to_rules(rows.front());
}

std::optional<StoredRules> rules_of_version(db::Session& session, const Uuid& facility,
                                            std::string_view version) {
  const auto rows = session.read(sql::rules_of_version, facility, version);
  if (rows.empty()) return std::nullopt;
  return to_rules(rows.front());
}

bool activate(db::Session& session, const Uuid& facility, const StoredRules& rules, Instant now) {
  const auto done = session.execute(sql::activate_rules, facility, rules.version, rules.text, now);
  return done && !done->empty();
}

void add(db::Transaction& tx, const TriageCase& c) {
  const auto overridden =
      c.override_level ? std::optional(std::string(to_string(*c.override_level))) : std::nullopt;
  tx.exec(sql::add_triage_case, c.id, c.facility_id, c.queue_entry_id, c.at, c.actor_id, c.rule_set,
          c.input, to_string(c.level), overridden);
}

std::vector<PastCase> cases(db::Session& session, const Uuid& facility, Instant from, Instant to,
                            const PastCase& after) {
  std::vector<PastCase> found;
  for (const auto row : session.read(sql::triage_cases, facility, from, to, after.at, after.id)) {
    found.push_back({.id = row.get<Uuid>("id"),
                     .at = row.get<Instant>("at"),
                     .rule_set = row.get<std::string>("rule_set"),
                     .input = row.get<std::string>("input"),
                     .level = domain::parse_level(row.text("level")).value_or(domain::Level::low)});
  }
  return found;
}

void add(db::Transaction& tx, const domain::Assessment& a, std::string_view input, Instant now,
         const outbox::Events& events) {
  tx.exec(sql::add_assessment, a.id, a.facility_id, a.patient_id, now, a.valid_until, a.rule_set,
          to_string(a.level), input, events);
}

}  // namespace ambula::queue::store
