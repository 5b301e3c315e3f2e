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
  return Error{ErrorKind::unavailable, "part-unreadable", "A part has another form.", {}, {}};
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

/// The items of an answer, or nothing that can be used.
Result<json::Value> items_of(std::string_view body) {
  auto value = json::parse(body, body_limits);
  if (!value || !value->is_object()) return unreadable();
  const auto items = value->find("items");
  if (items == value->end() || !items->is_array()) return unreadable();
  return *std::move(value);
}

}  // namespace

Result<Page> decode_page(std::string_view body) {
  const auto value = items_of(body);
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

Result<void> join_doctors(std::string_view body, std::map<std::string, DoctorFigures>& doctors) {
  const auto value = items_of(body);
  if (!value) return value.error();
  for (const auto& item : value->at("items")) {
    const auto id = text_of(item, "doctor_id");
    if (id.empty()) continue;
    auto& line = doctors[id];
    line.doctor_id = id;
    const auto name = text_of(item, "display_name");
    if (!name.empty()) line.display_name = name;
    for (const auto& figure : figure_names()) {
      const auto found = item.find(figure);
      if (found != item.end() && found->is_number()) line.numbers[figure] = found->get<double>();
    }
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
      if (found != line.numbers.end()) item[figure] = found->second;
    }
    value["items"].push_back(std::move(item));
  }
  if (waits) {
    if (auto read = items_of(*waits)) value["waits"] = std::move((*read)["items"]);
  }
  value["missing"] = missing;
  return json::dump(value);
}

}  // namespace ambula::reports::api
