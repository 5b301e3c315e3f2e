#include "jobs.hpp"

#include <notification/sql.hpp>

namespace ambula::notification::jobs {
namespace {

constexpr auto kept = std::chrono::hours(90 * 24);
constexpr auto told_late =
    std::chrono::hours(24);  // events.md: an effect of an older event is stale

}  // namespace

void forget_messages(db::Session& session, Instant now, const std::function<void()>&) {
  (void)session.execute(sql::forget_early_dispenses, now - told_late);
  while (true) {
    const auto forgotten = session.execute(sql::forget_messages, now - kept);
    if (!forgotten || forgotten->empty()) return;
  }
}

}  // namespace ambula::notification::jobs
