#include <memory>

#include "reports/api/codec.hpp"
#include "reports/api/handlers.hpp"

// The doctors' figures, joined from the services that know them [REP-2].
namespace ambula::reports::api {
namespace {

using service::Answer;
using service::Call;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::days range_max{366};
constexpr std::chrono::seconds figures_limit{5};

struct Range {
  Date from;
  Date to;
};

Result<Range> range_of(service::Query& query) {
  const auto from = query.date("from");
  const auto to = query.date("to");
  if (!from) query.fault("from", "required", "Must be given.");
  if (!to) query.fault("to", "required", "Must be given.");
  if (from && to) {
    const auto width = std::chrono::sys_days(*to) - std::chrono::sys_days(*from);
    if (width < std::chrono::days(0) || width > range_max)
      query.fault("to", "range", "Must be from's day or up to 366 days later.");
  }
  if (auto fault = query.finish()) return *fault;
  return Range{*from, *to};
}

std::string cell(const DoctorFigures& line, const std::string& figure) {
  const auto found = line.numbers.find(figure);
  if (found == line.numbers.end()) return "";
  auto text = std::to_string(found->second);
  while (text.ends_with('0'))
    text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

Answer as_csv(const std::map<std::string, DoctorFigures>& doctors) {
  std::vector<std::string> head{"doctor_id", "doctor"};
  head.insert(head.end(), figure_names().begin(), figure_names().end());
  auto text = service::csv_line(head);
  for (const auto& [id, line] : doctors) {
    std::vector<std::string> cells{id, line.display_name.value_or("")};
    for (const auto& figure : figure_names())
      cells.push_back(cell(line, figure));
    text += service::csv_line(cells);
  }
  auto answer = service::ok(std::move(text));
  answer.content_type = "text/csv; charset=utf-8";
  answer.headers.emplace_back("content-disposition", "attachment; filename=\"doctors.csv\"");
  return answer;
}

Result<Answer> join(const Range& range, bool csv, const Told& told) {
  std::map<std::string, DoctorFigures> doctors;
  std::vector<std::string> missing;
  for (const auto& [part, join_part] : {std::pair{"appointments", &join_appointments},
                                        std::pair{"consultations", &join_consultations}}) {
    const auto body = told.find(part);
    if (body == told.end() || !join_part(body->second, doctors)) missing.emplace_back(part);
  }
  std::optional<std::string> waits;
  const auto body = told.find("waits");
  if (body == told.end()) {
    missing.emplace_back("waits");
  } else {
    waits = body->second;
  }
  // A file does not show what is missing in it.
  if (csv && !missing.empty()) {
    return Error{ErrorKind::unavailable, "part-missing", "A part did not answer; try again."};
  }
  if (csv) return as_csv(doctors);
  return service::ok(encode_doctors(range.from, range.to, doctors, waits, missing));
}

}  // namespace

Result<Answer> doctor_figures(const Gather& gather, Call& call) {
  auto query = call.query();
  const bool csv = query.csv();
  const auto range = range_of(query);
  if (!range) return range.error();
  const auto dates = "from=" + format_date(range->from) + "&to=" + format_date(range->to);
  return service::later([&gather, &request = call.request(), dates, csv,
                         range = *range](service::Resume resume) {
    gather(request,
           {{"appointments", "/v1/figures/appointments", dates},
            {"consultations", "/v1/figures/consultations", dates},
            {"waits", "/v1/figures/waits", dates}},
           SteadyClock::now() + figures_limit, [resume, range, csv](Told told) {
             resume([range, csv, told = std::move(told)](Call&) { return join(range, csv, told); });
           });
  });
}

}  // namespace ambula::reports::api
