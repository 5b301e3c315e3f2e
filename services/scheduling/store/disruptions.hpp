#pragma once

#include <map>
#include <optional>
#include <vector>

#include <ambula/db/session.hpp>

#include "scheduling/domain/disruption.hpp"

// Disruptions and their items [SCH-10].
namespace ambula::scheduling::store {

void insert(db::Transaction& tx, const domain::Disruption& disruption);
/// With items; those whose visit was taken care of otherwise say so.
std::optional<domain::Disruption> get_disruption(db::Session& session, const Uuid& facility,
                                                 const Uuid& id);
/// Newest first, with items.
std::vector<domain::Disruption> list_disruptions(db::Session& session, const Uuid& facility,
                                                 std::optional<domain::DisruptionStatus> status,
                                                 const std::optional<Uuid>& doctor,
                                                 const std::optional<Uuid>& after, int limit);

/// A disruption with the visits of its items, all locked.
struct LockedDisruption {
  domain::Disruption disruption;
  std::map<Uuid, domain::Appointment> visits;
};
std::optional<LockedDisruption> lock_disruption(db::Transaction& tx, const Uuid& facility,
                                                const Uuid& id);
std::int64_t save(db::Transaction& tx, const domain::Disruption& disruption);

/// What a plan for these visits needs to know.
domain::PlanFacts plan_facts(db::Transaction& tx, const Uuid& facility, const domain::Rules& rules,
                             const std::vector<domain::Appointment>& visits, Instant now);

}  // namespace ambula::scheduling::store
