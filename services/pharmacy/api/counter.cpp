#include "counter.hpp"

namespace ambula::pharmacy::api {

Result<Scene> scene(service::Call& call) {
  auto facility = store::facility(call.session(), call.facility());
  if (!facility) return call.unknown("facility", call.facility());
  const auto today = local_date(facility->zone, call.now());
  return Scene{*std::move(facility), today};
}

Result<Locked> lock(service::Call& call, db::Transaction& tx, const std::vector<Uuid>& more) {
  if (more.empty()) store::map_by_name(tx, call.facility(), call.id());
  auto medicines = store::medicines_of(tx, call.facility(), call.id());
  medicines.insert(medicines.end(), more.begin(), more.end());
  auto lots = store::lock_lots(tx, call.facility(), medicines);
  auto state = store::lock(tx, call.facility(), call.id());
  if (!state) return not_found("prescription");
  if (auto current = call.check_version(state->record.version); !current) return current.error();
  return Locked{*std::move(state), std::move(lots)};
}

std::vector<Uuid> patient_of(const std::optional<Uuid>& patient) {
  if (!patient) return {};
  return {*patient};
}

Result<store::After> after_of(const service::PageRequest& page) {
  if (!page.after) return store::After{};
  const auto at = parse_instant((*page.after)[0]);
  if (!at)
    return Error{
        ErrorKind::malformed, "invalid-request", "The cursor is not of this list.", {}, {}};
  return store::After{{*at, Uuid::parse((*page.after)[1]).value_or(Uuid{})}};
}

}  // namespace ambula::pharmacy::api
