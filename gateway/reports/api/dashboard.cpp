#include <algorithm>
#include <memory>
#include <set>

#include <ambula/base/zone.hpp>

#include "identity/store/facilities.hpp"
#include "reports/api/codec.hpp"
#include "reports/api/handlers.hpp"
#include "reports/domain/parts.hpp"

// The dashboard: parts are read in rounds, a page of each part that has more; worker and I/O thread
// take turns, so no worker waits [REP-1].
namespace ambula::reports::api {
namespace {

using service::Answer;
using service::Call;
using SteadyClock = std::chrono::steady_clock;

constexpr int rounds_max = 25;

/// What was read so far.
struct Progress {
  Date date;
  std::vector<domain::Part> parts;
  std::map<std::string, std::vector<Item>> items;
  std::map<std::string, std::string> cursors;  ///< of parts that have more
  std::set<std::string> complete;
  std::optional<std::int64_t> visits;
  SteadyClock::time_point deadline;
  int rounds{0};
};
using ProgressPtr = std::shared_ptr<Progress>;

domain::Viewer viewer_of(const Call& call) {
  using P = auth::Permission;
  const auto& who = call.principal();
  domain::Viewer viewer;
  viewer.appointments = who.may(P::appointment_read);
  viewer.queue = who.may(P::queue_entry_read) && who.may(P::queue_read);
  // Who also works at the desk looks at the whole day.
  viewer.own_only = who.doctor_id.has_value() && !who.may(P::appointment_book);
  viewer.consultations = who.may(P::consultation_read);
  viewer.consultation_figures = who.may(P::consultation_figures);
  viewer.prescriptions = who.may(P::pharmacy_work);
  viewer.stock = who.may(P::stock_read);
  viewer.doctor_id = who.doctor_id;
  return viewer;
}

std::vector<Ask> next_asks(const Progress& progress) {
  std::vector<Ask> asks;
  for (const auto& part : progress.parts) {
    if (progress.complete.contains(part.name)) continue;
    const auto cursor = progress.cursors.find(part.name);
    const bool begun = progress.items.contains(part.name);
    // One that did not answer is missing, and not asked again.
    if (progress.rounds > 0 && cursor == progress.cursors.end()) continue;
    const bool paged = part.name != "consultation_figures";
    auto query = part.query + (paged ? "&limit=200" : "");
    if (begun) query += "&cursor=" + cursor->second;
    asks.push_back({part.name, part.path, std::move(query)});
  }
  return asks;
}

void take(Progress& progress, const std::string& part, const std::string& body) {
  if (part == "consultation_figures") {
    if (const auto visits = decode_visits(body)) {
      progress.visits = *visits;
      progress.complete.insert(part);
    }
    return;
  }
  auto page = decode_page(body);
  if (!page) return;
  auto& items = progress.items[part];
  items.insert(items.end(), page->items.begin(), page->items.end());
  if (page->next_cursor) {
    progress.cursors[part] = *page->next_cursor;
  } else {
    progress.complete.insert(part);
  }
}

std::map<std::string, std::int64_t> by_status(const std::vector<Item>& items) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& item : items)
    ++counts[item.status];
  return counts;
}

std::int64_t open_emergencies(const std::vector<Item>& entries, const std::vector<Item>& queues) {
  std::set<std::string> emergency;
  for (const auto& queue : queues)
    emergency.insert(queue.id);
  const std::set<std::string> open{"WAITING", "CALLED", "IN_SERVICE", "ON_HOLD"};
  return std::ranges::count_if(entries, [&](const Item& entry) {
    return emergency.contains(entry.queue_id) && open.contains(entry.status);
  });
}

Dashboard to_dashboard(Progress& progress) {
  Dashboard dashboard;
  dashboard.date = progress.date;
  const auto has = [&](const char* part) { return progress.complete.contains(part); };
  const auto count = [&](const char* part) {
    return has(part) ? std::optional(static_cast<std::int64_t>(progress.items[part].size()))
                     : std::nullopt;
  };
  if (has("appointments")) dashboard.appointments = by_status(progress.items["appointments"]);
  if (has("queue")) dashboard.queue = by_status(progress.items["queue"]);
  if (has("queue") && has("emergency_queues")) {
    dashboard.open_emergencies =
        open_emergencies(progress.items["queue"], progress.items["emergency_queues"]);
  }
  dashboard.completed_consultations = progress.visits ? progress.visits : count("consultations");
  dashboard.pending_prescriptions = count("prescriptions");
  dashboard.low_stock = count("stock");
  for (const auto& part : progress.parts) {
    if (!has(part.name.c_str())) dashboard.missing.push_back(part.name);
  }
  return dashboard;
}

Result<Answer> next_round(const Gather& gather, Call& call, const ProgressPtr& progress) {
  auto asks = next_asks(*progress);
  const bool over =
      asks.empty() || progress->rounds++ >= rounds_max || SteadyClock::now() >= progress->deadline;
  if (over) return service::ok(encode(to_dashboard(*progress)));
  return service::later([&gather, &request = call.request(), asks = std::move(asks),
                         progress](service::Resume resume) {
    gather(request, asks, progress->deadline, [&gather, progress, resume](Told told) {
      resume([&gather, progress, told = std::move(told)](Call& rest) {
        progress->cursors.clear();
        for (const auto& [part, body] : told)
          take(*progress, part, body);
        return next_round(gather, rest, progress);
      });
    });
  });
}

}  // namespace

Result<Answer> dashboard(const Gather& gather, Call& call) {
  auto query = call.query();
  if (auto fault = query.finish()) return *fault;
  const auto facility = identity::store::get_facility(call.session(), call.facility());
  if (!facility) return not_found("facility");
  auto progress = std::make_shared<Progress>();
  progress->deadline = SteadyClock::now() + gather_limit;
  progress->date = local_date(facility->zone, call.now());
  progress->parts = parts_of(viewer_of(call), facility->zone, progress->date);
  return next_round(gather, call, progress);
}

}  // namespace ambula::reports::api
