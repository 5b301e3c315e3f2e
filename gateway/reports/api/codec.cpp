#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::reports::api {
namespace {

constexpr json::Limits body_limits{.depth = 32, .members = 200'000};

std::string text_of(const json::Value& item, const char* name) {
  const auto found = item.find(name);
  return found != item.end() && found->is_string() ? found->get<std::string>() : "";
}

Error unreadable() {
  return Error{ErrorKind::unavailable, "part-unreadable", "A part has another form."};
}

json::Value tally(const std::map<std::string, std::int64_t>& by_status) {
  json::Value value;
  std::int64_t total = 0;
  for (const auto& [status, count] : by_status)
    total += count;
  value["total"] = total;
  value["by_status"] = json::Value::object();
  for (const auto& [status, count] : by_status)
    value["by_status"][status] = count;
  return value;
}

std::int64_t count_of(const std::map<std::string, std::int64_t>& by_status, const char* status) {
  const auto found = by_status.find(status);
  return found == by_status.end() ? 0 : found->second;
}

/// An answer with such a list, or nothing that can be used.
Result<json::Value> list_of(std::string_view body, const char* name) {
  auto value = json::parse(body, body_limits);
  if (!value || !value->is_object()) return unreadable();
  const auto items = value->find(name);
  if (items == value->end() || !items->is_array()) return unreadable();
  return *std::move(value);
}

/// The line of the doctor whom the item names; null when it names none.
DoctorFigures* line_of(const json::Value& item, const char* name,
                       std::map<std::string, DoctorFigures>& doctors) {
  const auto id = text_of(item, "doctor_id");
  if (id.empty()) return nullptr;
  auto& line = doctors[id];
  line.doctor_id = id;
  if (const auto known = text_of(item, name); !known.empty()) line.display_name = known;
  return &line;
}

/// Counts stay whole.
json::Value to_json(double number) {
  const auto whole = static_cast<std::int64_t>(number);
  return static_cast<double>(whole) == number ? json::Value(whole) : json::Value(number);
}

void take_number(const json::Value& item, const char* from, const char* to, DoctorFigures& line) {
  const auto found = item.find(from);
  if (found != item.end() && found->is_number()) line.numbers[to] = found->get<double>();
}

}  // namespace

Result<Page> decode_page(std::string_view body) {
  const auto value = list_of(body, "items");
  if (!value) return value.error();
  Page page;
  for (const auto& item : value->at("items")) {
    page.items.push_back({text_of(item, "id"), text_of(item, "status"), text_of(item, "queue_id")});
  }
  const auto cursor = text_of(*value, "next_cursor");
  if (!cursor.empty()) page.next_cursor = cursor;
  return page;
}

Result<std::int64_t> decode_visits(std::string_view body) {
  const auto value = json::parse(body, body_limits);
  if (!value || !value->is_object()) return unreadable();
  const auto total = value->find("total");
  if (total == value->end() || !total->is_object()) return unreadable();
  const auto visits = total->find("visits");
  if (visits == total->end() || !visits->is_number_integer()) return unreadable();
  return visits->get<std::int64_t>();
}

std::string encode(const Dashboard& dashboard) {
  json::Value value;
  value["date"] = json::of(dashboard.date);
  if (dashboard.appointments) {
    value["appointments"] = tally(*dashboard.appointments);
    value["pending_appointments"] = count_of(*dashboard.appointments, "BOOKED");
  }
  if (dashboard.queue) {
    value["queue"] = tally(*dashboard.queue);
    value["waiting"] = count_of(*dashboard.queue, "WAITING");
  }
  json::put(value, "open_emergencies", dashboard.open_emergencies);
  json::put(value, "completed_consultations", dashboard.completed_consultations);
  json::put(value, "pending_prescriptions", dashboard.pending_prescriptions);
  json::put(value, "low_stock", dashboard.low_stock);
  value["missing"] = dashboard.missing;
  return json::dump(value);
}

const std::vector<std::string>& figure_names() {
  static const std::vector<std::string> names{"appointments",   "completed",     "cancelled",
                                              "no_show",        "no_show_rate",  "visits",
                                              "visit_mean_min", "visit_p50_min", "visit_p90_min"};
  return names;
}

Result<void> join_appointments(std::string_view body,
                               std::map<std::string, DoctorFigures>& doctors) {
  const auto value = list_of(body, "by_doctor");
  if (!value) return value.error();
  for (const auto& item : value->at("by_doctor")) {
    auto* const line = line_of(item, "name", doctors);
    if (line == nullptr) continue;
    for (const auto* figure : {"appointments", "cancelled", "no_show", "no_show_rate"})
      take_number(item, figure, figure, *line);
    take_number(item, "visits", "completed", *line);
  }
  return {};
}

Result<void> join_consultations(std::string_view body,
                                std::map<std::string, DoctorFigures>& doctors) {
  const auto value = list_of(body, "items");
  if (!value) return value.error();
  for (const auto& item : value->at("items")) {
    auto* const line = line_of(item, "display_name", doctors);
    if (line == nullptr) continue;
    for (const auto* figure : {"visits", "visit_mean_min", "visit_p50_min", "visit_p90_min"})
      take_number(item, figure, figure, *line);
  }
  return {};
}

std::string encode_doctors(Date from, Date to, const std::map<std::string, DoctorFigures>& doctors,
                           const std::optional<std::string>& waits,
                           const std::vector<std::string>& missing) {
  json::Value value;
  value["from"] = json::of(from);
  value["to"] = json::of(to);
  value["items"] = json::Value::array();
  for (const auto& [id, line] : doctors) {
    json::Value item;
    item["doctor_id"] = id;
    json::put(item, "display_name", line.display_name);
    for (const auto& figure : figure_names()) {
      const auto found = line.numbers.find(figure);
      if (found != line.numbers.end()) item[figure] = to_json(found->second);
    }
    value["items"].push_back(std::move(item));
  }
  if (waits) {
    if (auto read = list_of(*waits, "items")) value["waits"] = std::move((*read)["items"]);
  }
  value["missing"] = missing;
  return json::dump(value);
}

}  // namespace ambula::reports::api
