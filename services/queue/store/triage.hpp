#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "queue/domain/visitor.hpp"

namespace ambula::queue::store {

/// A rule set as it was loaded.
struct StoredRules {
  std::string version;
  std::string text;  ///< JSON
};
/// What the facility goes by: its own newest, else what came with the service.
StoredRules active_rules(db::Session& session, const Uuid& facility);
std::optional<StoredRules> rules_of_version(db::Session& session, const Uuid& facility,
                                            std::string_view version);
/// False: the version is there already, and stays as it is.
bool activate(db::Session& session, const Uuid& facility, const StoredRules& rules, Instant now);

struct TriageCase {
  Uuid id;
  Uuid facility_id;
  Uuid queue_entry_id;
  Instant at;
  Uuid actor_id;
  std::string rule_set;
  std::string input;  ///< JSON
  domain::Level level{domain::Level::low};
  std::optional<domain::Level> override_level;
};
void add(db::Transaction& tx, const TriageCase& found);

struct PastCase {
  Uuid id;
  Instant at;
  std::string rule_set;
  std::string input;  ///< JSON
  domain::Level level{domain::Level::low};
};
/// Up to 500 cases behind `after`, in the order of their time.
std::vector<PastCase> cases(db::Session& session, const Uuid& facility, Instant from, Instant to,
                            const PastCase& after);

void add(db::Transaction& tx, const domain::Assessment& assessment, std::string_view input,
         Instant now, const outbox::Events& events);

}  // namespace ambula::queue::store
