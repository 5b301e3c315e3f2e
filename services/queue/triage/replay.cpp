#include "replay.hpp"

#include "codec.hpp"
#include "queue/store/triage.hpp"

namespace ambula::queue::triage {

Summary replay(db::Session& session, const Uuid& facility, const domain::RuleSet& rules,
               Instant from, Instant to, const std::function<void(const Changed&)>& tell) {
  Summary summary;
  store::PastCase last{.id = Uuid{}, .at = from, .rule_set = {}, .input = {}};
  while (true) {
    const auto cases = store::cases(session, facility, from, to, last);
    if (cases.empty()) return summary;
    for (const auto& one : cases) {
      ++summary.cases;
      const auto input = decode_input(one.input);
      if (!input) continue;
      const auto found = assess(rules, *input);
      if (found.level == one.level) continue;
      ++summary.changed;
      tell({one.id, one.at, one.rule_set, one.level, found.level});
    }
    last = cases.back();
  }
}

}  // namespace ambula::queue::triage
