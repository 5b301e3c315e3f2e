#pragma once

#include <functional>
#include <string>

#include <ambula/db/session.hpp>

#include "queue/domain/triage.hpp"

namespace ambula::queue::triage {

/// A past case that other rules see differently.
struct Changed {
  Uuid case_id;
  Instant at;
  std::string rule_set;  ///< it was judged by
  domain::Level before;
  domain::Level after;
};
struct Summary {
  int cases{0};
  int changed{0};
};
/// Asks these rules about every stored case of the time; overrides do not count.
Summary replay(db::Session& session, const Uuid& facility, const domain::RuleSet& rules,
               Instant from, Instant to, const std::function<void(const Changed&)>& tell);

}  // namespace ambula::queue::triage
