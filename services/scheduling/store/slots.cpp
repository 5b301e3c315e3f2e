#include "slots.hpp"

#include <scheduling/sql.hpp>

#include <ambula/base/check.hpp>

#include "rows.hpp"

namespace ambula::scheduling::store {
namespace {

std::vector<TimeRange> to_busy(const db::Row& row) {
  const auto from = row.get<std::optional<std::vector<Instant>>>("busy_from");
  const auto to = row.get<std::optional<std::vector<Instant>>>("busy_to");
  std::vector<TimeRange> busy;
  if (!from || !to) return busy;
  for (std::size_t i = 0; i < from->size(); ++i)
    busy.push_back({(*from)[i], (*to)[i]});
  return busy;
}

std::vector<domain::DayLoad> to_loads(const db::Row& row) {
  std::vector<domain::DayLoad> loads;
  if (row.is_null("load_days")) return loads;
  const auto days = row.get<std::vector<std::string>>("load_days");
  const auto visits = row.get<std::vector<int>>("load_visits");
  const auto regular = row.get<std::vector<int>>("load_regular");
  const auto all = row.get<std::vector<int>>("load_all");
  for (std::size_t i = 0; i < days.size(); ++i) {
    const auto day = parse_date(days[i]);
    AMBULA_CHECK(day.has_value());
    loads.push_back({*day, visits[i], regular[i], all[i]});
  }
  return loads;
}

domain::Calendar to_calendar(const db::Row& row) {
  return {.doctor_id = row.get<Uuid>("id"),
          .department_id = row.get<Uuid>("department_id"),
          .specialty = row.get<std::string>("specialty"),
          .active = row.get<bool>("active"),
          .hours_version = row.get<std::int64_t>("hours_version"),
          .availability = to_availability_with_exceptions(row),
          .busy = to_busy(row),
          .loads = to_loads(row)};
}

/// `read` is Session::read or Transaction::exec.
template <class Read>
std::vector<domain::Calendar> read_calendars(Read&& read, const Uuid& facility,
                                             const SlotFilter& filter, const TimeRange& window,
                                             const domain::Rules& rules) {
  // Whole local days, because the seats of a day are counted.
  const auto first = local_day(rules.zone, local_date(rules.zone, window.from));
  const auto last = local_day(rules.zone, local_date(rules.zone, window.to));
  const auto rows =
      read(sql::calendars, facility, first.from - domain::visit_max, last.to, filter.doctor_ids,
           filter.specialties, filter.department_id, filter.inactive_too,
           domain::seats_for(std::nullopt, rules), rules.day_cap);
  std::vector<domain::Calendar> calendars;
  for (const auto row : rows)
    calendars.push_back(to_calendar(row));
  return calendars;
}

SearchFacts to_facts(const db::Row& row) {
  return {.rules = to_rules(row),
          .patient_active = row.get<std::optional<bool>>("patient_active"),
          .patient_busy = to_busy(row)};
}

}  // namespace

std::vector<domain::Calendar> calendars(db::Session& session, const Uuid& facility,
                                        const SlotFilter& filter, const TimeRange& window,
                                        const domain::Rules& rules) {
  return read_calendars([&](const auto&... args) { return session.read(args...); }, facility,
                        filter, window, rules);
}

std::vector<domain::Calendar> calendars(db::Transaction& tx, const Uuid& facility,
                                        const SlotFilter& filter, const TimeRange& window,
                                        const domain::Rules& rules) {
  return read_calendars([&](const auto&... args) { return tx.exec(args...); }, facility, filter,
                        window, rules);
}

std::optional<SearchFacts> search_facts(db::Session& session, const Uuid& facility,
                                        const std::optional<Uuid>& patient,
                                        const TimeRange& window) {
  const auto rows = session.read(sql::search_facts, facility, patient, window.from, window.to);
  if (rows.empty()) return std::nullopt;
  return to_facts(rows.front());
}

SearchFacts search_facts(db::Transaction& tx, const Uuid& facility,
                         const std::optional<Uuid>& patient, const TimeRange& window) {
  return to_facts(tx.exec(sql::search_facts, facility, patient, window.from, window.to).front());
}

}  // namespace ambula::scheduling::store
