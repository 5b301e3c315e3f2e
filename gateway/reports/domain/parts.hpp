#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::reports::domain {

/// Who looks: what of the day concerns them.
struct Viewer {
  bool appointments{false};
  bool queue{false};
  bool own_only{false};  ///< a doctor: own visits and entries
  bool consultations{false};
  bool consultation_figures{false};
  bool prescriptions{false};
  bool stock{false};
  std::optional<Uuid> doctor_id;
};

/// One part of a dashboard and where it is read.
struct Part {
  std::string name;
  std::string path;
  std::string query;

  bool operator==(const Part&) const = default;
};

/// The parts of somebody's dashboard on a local day [REP-1].
std::vector<Part> parts_of(const Viewer& viewer, std::string_view zone, Date day);

}  // namespace ambula::reports::domain
