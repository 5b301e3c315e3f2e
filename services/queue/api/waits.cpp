#include <ambula/base/zone.hpp>
#include <ambula/service/csv.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "turns.hpp"

// Where somebody stands and how long waits are [QUE-9, REP-2].
namespace ambula::queue::api {
namespace {

constexpr int figures_days_max = 366;

std::string minutes(double value) {
  const auto tenths = static_cast<std::int64_t>(value * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

Answer as_csv(const std::vector<store::DepartmentWaits>& waits) {
  auto left = std::make_shared<std::vector<store::DepartmentWaits>>(waits);
  return service::csv(
      "waits.csv", {"department_id", "department", "visits", "wait_p50_min", "wait_p90_min"},
      [left](db::Session&) {
        service::CsvLines lines;
        for (const auto& one : std::exchange(*left, {})) {
          lines.push_back({one.department_id.str(), one.name.value_or(""),
                           std::to_string(one.visits), minutes(one.p50_min), minutes(one.p90_min)});
        }
        return lines;
      });
}

}  // namespace

Result<Answer> get_position(Call& call) {
  const auto found = store::get(call.session(), call.facility(), call.id());
  if (!found) return not_found("queue-entry");
  const auto& entry = found->entry;
  if (call.principal().is_patient_only() && call.principal().patient_id != entry.patient_id)
    return not_found("queue-entry");
  if (auto visible = check_visible(call, entry); !visible) return visible.error();
  const auto position = store::position(call.session(), call.facility(), entry.id, call.now());
  if (!position) return not_found("queue-entry");
  return service::about(service::ok(encode_position(*position, entry.room, nullptr)),
                        patients_of(entry));
}

/// By token, without sign-in: the holder's own place and nothing else, until the day ends.
Result<Answer> track_entry(Call& call) {
  const auto tracked = store::tracked(call.session(), call.param("tracking_token"), call.now());
  if (!tracked) return not_found("ticket");
  const auto position =
      store::position(call.session(), tracked->facility_id, tracked->id, call.now());
  if (!position) return not_found("ticket");
  return service::ok(encode_position(*position, tracked->room, &*tracked));
}

Result<Answer> wait_figures(Call& call) {
  auto query = call.query();
  const auto from = query.date("from");
  const auto to = query.date("to");
  const bool csv = query.csv();
  if (!from) query.fault("from", "required", "Must be given.");
  if (!to) query.fault("to", "required", "Must be given.");
  if (from && to &&
      (*to < *from || std::chrono::sys_days(*to) - std::chrono::sys_days(*from) >
                          std::chrono::days(figures_days_max)))
    query.fault("to", "range", "Must be from's day or up to 366 days later.");
  if (auto fault = query.finish()) return *fault;
  const auto waits = store::wait_figures(call.session(), call.facility(), *from, *to);
  if (csv) return as_csv(waits);
  return service::ok(encode_waits(*from, *to, waits));
}

}  // namespace ambula::queue::api
