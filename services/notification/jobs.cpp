#include "jobs.hpp"

#include <notification/sql.hpp>

namespace ambula::notification::jobs {
namespace {

constexpr auto kept = std::chrono::hours(90 * 24);

}  // namespace

void forget_messages(db::Session& session, Instant now, const std::function<void()>&) {
  while (true) {
    const auto forgotten = session.execute(sql::forget_messages, now - kept);
    if (!forgotten || forgotten->empty()) return;
  }
}

}  // namespace ambula::notification::jobs
