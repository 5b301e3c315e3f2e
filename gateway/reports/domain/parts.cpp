#include "parts.hpp"

#include <ambula/base/zone.hpp>

namespace ambula::reports::domain {

std::vector<Part> parts_of(const Viewer& viewer, std::string_view zone, Date day) {
  const auto date = format_date(day);
  const bool own = viewer.own_only && viewer.doctor_id.has_value();
  const std::string mine = own ? "&doctor_id=" + viewer.doctor_id->str() : "";
  std::vector<Part> parts;
  if (viewer.appointments) {
    parts.push_back({"appointments", "/v1/appointments", "date=" + date + mine});
  }
  if (viewer.queue) {
    // Doctors are shown their list, with those of their department whom nobody has yet.
    parts.push_back({"queue", "/v1/queue-entries", "date=" + date});
    parts.push_back({"emergency_queues", "/v1/queues", "kind=EMERGENCY"});
  }
  if (viewer.consultations && own) {
    const auto range = local_day(zone, day);
    parts.push_back({"consultations", "/v1/consultations",
                     "status=COMPLETED&from=" + format_instant(range.from) +
                         "&to=" + format_instant(range.to) + mine});
  }
  if (viewer.consultation_figures) {
    parts.push_back(
        {"consultation_figures", "/v1/figures/consultations", "from=" + date + "&to=" + date});
  }
  if (viewer.prescriptions) {
    parts.push_back({"prescriptions", "/v1/pharmacy/prescriptions", "pending=true"});
  }
  if (viewer.stock) parts.push_back({"stock", "/v1/pharmacy/medicines", "low=true"});
  return parts;
}

}  // namespace ambula::reports::domain
