#include <ambula/service/csv.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "scheduling/store/appointments.hpp"

// Visits and missed visits by doctor, department and day [REP-2, REP-3].
namespace ambula::scheduling::api {
namespace {

constexpr std::chrono::days span_default{29};
constexpr std::chrono::days span_max{366};

}  // namespace

Result<Answer> appointment_figures(Call& call) {
  auto query = call.query();
  const auto rules = store::rules(call.session(), call.facility());
  if (!rules) return call.unknown("facility", call.facility());
  const auto to = query.date("to").value_or(local_date(rules->zone, call.now()));
  const auto from = query.date("from").value_or(Date{std::chrono::sys_days{to} - span_default});
  const bool csv = query.csv();
  if (to < from || std::chrono::sys_days{to} - std::chrono::sys_days{from} > span_max)
    query.fault("to", "range", "Must not be before `from`, nor more than a year after it.");
  if (auto fault = query.finish()) return *fault;
  const TimeRange span{local_day(rules->zone, from).from, local_day(rules->zone, to).to};
  auto figures = store::figures(call.session(), call.facility(), span);
  if (!csv) return service::ok(encode_figures(from, to, figures));
  return service::csv("appointment-figures.csv", figures_csv_head(),
                      [figures = std::move(figures)](db::Session&) mutable {
                        service::CsvLines lines;
                        for (const auto& one : std::exchange(figures, {}))
                          lines.push_back(csv_cells(one));
                        return lines;
                      });
}

}  // namespace ambula::scheduling::api
