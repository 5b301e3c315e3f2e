#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ambula/db/session.hpp>

#include "scheduling/domain/booking.hpp"
#include "scheduling/domain/slots.hpp"

// What slot searches read [SCH-4].
namespace ambula::scheduling::store {

struct SlotFilter {
  std::vector<Uuid> doctor_ids;          ///< any of them; empty: any
  std::vector<std::string> specialties;  ///< any of them; empty: any
  std::optional<Uuid> department_id;
  bool inactive_too{false};
};
/// The doctors that match, at most 500, with their hours, held times and loads of the window's
/// days.
std::vector<domain::Calendar> calendars(db::Session& session, const Uuid& facility,
                                        const SlotFilter& filter, const TimeRange& window,
                                        const domain::Rules& rules);
std::vector<domain::Calendar> calendars(db::Transaction& tx, const Uuid& facility,
                                        const SlotFilter& filter, const TimeRange& window,
                                        const domain::Rules& rules);

/// What a search for a patient's visit needs beside the calendars.
struct SearchFacts {
  domain::Rules rules;
  std::optional<bool> patient_active;  ///< empty: unknown here
  std::vector<TimeRange> patient_busy;
};
/// nullopt: the facility is not known here yet. Without a patient only the rules are there.
std::optional<SearchFacts> search_facts(db::Session& session, const Uuid& facility,
                                        const std::optional<Uuid>& patient,
                                        const TimeRange& window);
SearchFacts search_facts(db::Transaction& tx, const Uuid& facility,
                         const std::optional<Uuid>& patient, const TimeRange& window);

}  // namespace ambula::scheduling::store
