#include "scheduling/store/slots.hpp"

#include <ambula/base/text.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "scheduling/store/directory.hpp"
#include "visits.hpp"

// Free times of a doctor, or of any of several, soonest first [SCH-4, SCH-8].
namespace ambula::scheduling::api {
namespace {

constexpr std::chrono::days window_max{60};
constexpr std::size_t doctors_max = 100;
constexpr std::size_t explained_max = 1000;

/// What was asked for.
struct Question {
  store::SlotFilter filter;
  std::optional<Instant> from;
  std::optional<Instant> to;
  std::optional<std::chrono::minutes> duration;
  std::optional<domain::TriageLevel> level;
  std::optional<Uuid> assessment;
  bool explain{false};
  service::PageRequest page;
};

/// `doctor_id` may be several, with commas between.
void read_doctors(service::Query& query, store::SlotFilter& filter) {
  const auto text = query.text("doctor_id", 37 * doctors_max);
  if (!text) return;
  for (const auto part : split(*text, ',')) {
    const auto id = Uuid::parse(part);
    if (!id) return query.fault("doctor_id", "format", "Must be UUIDs with commas between.");
    filter.doctor_ids.push_back(*id);
  }
}

Result<Question> read_question(Call& call, bool of_one_doctor) {
  auto query = call.query();
  Question question;
  if (of_one_doctor) {
    question.filter.doctor_ids = {call.id()};
  } else {
    read_doctors(query, question.filter);
    if (const auto specialty = query.text("specialty", 40))
      question.filter.specialties = {*specialty};
    question.filter.department_id = query.uuid("department_id");
  }
  question.from = query.instant("from");
  question.to = query.instant("to");
  if (const auto minutes = query.integer("duration_min", 15, 180))
    question.duration = std::chrono::minutes{*minutes};
  if (const auto level = query.choice("triage_level", level_names))
    question.level = static_cast<domain::TriageLevel>(*level);
  question.assessment = query.uuid("assessment_id");
  if (question.level && question.assessment)
    query.fault("assessment_id", "excluded", "Give triage_level or assessment_id.");
  question.explain = query.boolean("explain").value_or(false);
  question.filter.inactive_too = question.explain;
  question.page = query.page(2);
  const auto from = question.from.value_or(call.now());
  if (question.to && (*question.to <= from || *question.to - from > window_max))
    query.fault("to", "range", "Must be after `from`, at most 60 days.");
  if (auto fault = query.finish()) return *fault;
  return question;
}

/// The window in steps: most pages are full within days, and only then more is read.
std::vector<TimeRange> steps_of(const TimeRange& window) {
  const auto soon = std::min(window.to, window.from + soon_days);
  if (soon >= window.to) return {window};
  return {{window.from, soon}, {soon, window.to}};
}

/// Slots behind the cursor's, at most a page of them and one more.
std::vector<domain::Slot> slots_behind(Call& call, const Question& question, domain::Search search,
                                       const std::optional<std::pair<Instant, Uuid>>& after) {
  const auto wanted = static_cast<std::size_t>(question.page.limit) + 1;
  if (after) search.window.from = std::max(search.window.from, after->first);
  std::vector<domain::Slot> slots;
  if (search.window.empty()) return slots;
  for (const auto& window : steps_of(search.window)) {
    search.window = window;
    const auto calendars =
        store::calendars(call.session(), call.facility(), question.filter, window, search.rules);
    // Of the slots at the cursor's own time those of earlier doctors were given already.
    for (const auto& slot : free_slots(calendars, search, wanted + calendars.size())) {
      const bool given = after && std::tie(slot.time.from, slot.doctor_id) <=
                                      std::tie(after->first, after->second);
      if (!given && slots.size() < wanted) slots.push_back(slot);
    }
    if (slots.size() == wanted) break;
  }
  return slots;
}

/// Why other times between the page before and the end of this one are not offered.
std::vector<domain::Hidden> hidden(Call& call, const Question& question,
                                   const domain::Search& search, const TimeRange& of_page) {
  if (of_page.empty()) return {};
  const auto calendars =
      store::calendars(call.session(), call.facility(), question.filter, of_page, search.rules);
  return hidden_slots(calendars, search, of_page, explained_max);
}

Result<Answer> answer(Call& call, const Question& question) {
  const auto after = time_cursor(question.page);
  if (!after) return after.error();
  const auto level = settle_level(call, question.level, question.assessment,
                                  call.principal().patient_id.value_or(Uuid{}));
  if (!level) return level.error();
  const auto rules = store::rules(call.session(), call.facility());
  if (!rules) return call.unknown("facility", call.facility());
  const auto from = question.from.value_or(call.now());
  const auto reach = call.now() + domain::reach_of(*level);
  const TimeRange asked{from, question.to.value_or(std::max(reach, from))};
  const domain::Search search{*rules,
                              {std::max(from, call.now()), std::min(asked.to, reach)},
                              question.duration,
                              *level,
                              {}};
  auto slots = slots_behind(call, question, search, *after);
  std::optional<service::Cursor> next;
  if (slots.size() > static_cast<std::size_t>(question.page.limit)) {
    slots.pop_back();
    next = service::Cursor{format_instant(slots.back().time.from), slots.back().doctor_id.str()};
  }
  std::vector<std::string> items;
  for (const auto& slot : slots)
    items.push_back(encode_slot(slot));
  std::optional<std::vector<domain::Hidden>> explained;
  if (question.explain) {
    constexpr auto instant = std::chrono::microseconds{1};
    explained = hidden(call, question, search,
                       {*after ? (*after)->first + instant : asked.from,
                        next ? slots.back().time.from + instant : asked.to});
  }
  return service::ok(encode_slot_page(items, next, question.page, explained));
}

}  // namespace

Result<Answer> search_slots(Call& call) {
  const auto question = read_question(call, false);
  if (!question) return question.error();
  return answer(call, *question);
}

Result<Answer> doctor_slots(Call& call) {
  const auto question = read_question(call, true);
  if (!question) return question.error();
  if (!store::get_doctor(call.session(), call.facility(), call.id())) return not_found("doctor");
  return answer(call, *question);
}

}  // namespace ambula::scheduling::api
