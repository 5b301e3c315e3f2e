#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>

// Lists and figures of services as these answers need them; the only file here that knows JSON.
namespace ambula::reports::api {

/// One item of a list: what is counted.
struct Item {
  std::string id;
  std::string status;
  std::string queue_id;
};
struct Page {
  std::vector<Item> items;
  std::optional<std::string> next_cursor;
};
Result<Page> decode_page(std::string_view body);
/// `total.visits` of /v1/figures/consultations.
Result<std::int64_t> decode_visits(std::string_view body);

struct Dashboard {
  Date date;
  std::optional<std::map<std::string, std::int64_t>> appointments;  ///< by status
  std::optional<std::map<std::string, std::int64_t>> queue;         ///< by status
  std::optional<std::int64_t> open_emergencies;
  std::optional<std::int64_t> completed_consultations;
  std::optional<std::int64_t> pending_prescriptions;
  std::optional<std::int64_t> low_stock;
  std::vector<std::string> missing;
};
std::string encode(const Dashboard& dashboard);

/// One doctor's line, joined from what each service says.
struct DoctorFigures {
  std::string doctor_id;
  std::optional<std::string> display_name;
  std::map<std::string, double> numbers;  ///< by name, in the order of `figure_names`
};
/// The numbers that a line may have, as the services call them.
const std::vector<std::string>& figure_names();
/// Adds scheduling's figures of each doctor (`by_doctor`), and consultation's (`items`). Both call
/// what they count `visits`: scheduling's are those that took place, `completed` here.
Result<void> join_appointments(std::string_view body,
                               std::map<std::string, DoctorFigures>& doctors);
Result<void> join_consultations(std::string_view body,
                                std::map<std::string, DoctorFigures>& doctors);
std::string encode_doctors(Date from, Date to, const std::map<std::string, DoctorFigures>& doctors,
                           const std::optional<std::string>& waits,
                           const std::vector<std::string>& missing);

}  // namespace ambula::reports::api
