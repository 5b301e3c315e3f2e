#include "counter.hpp"

namespace ambula::pharmacy::api {

Result<Scene> scene(service::Call& call) {
  auto facility = store::facility(call.session(), call.facility());
  if (!facility) return call.unknown("facility", call.facility());
  const auto today = local_date(facility->zone, call.now());
  return Scene{*std::move(facility), today};
}

std::string zone_of(service::Call& call) {
  const auto facility = store::facility(call.session(), call.facility());
  return facility ? facility->zone : "UTC";
}

Result<Locked> lock_prescription(service::Call& call, db::Transaction& tx,
                                 const std::vector<Uuid>& more) {
  auto lots = store::lock_lots_of(tx, call.facility(), call.id(), more);
  auto state = store::lock(tx, call.facility(), call.id());
  if (!state) return not_found("prescription");
  if (auto current = call.check_version(state->record.version); !current) return current.error();
  return Locked{*std::move(state), std::move(lots)};
}

std::vector<Uuid> patient_of(const std::optional<Uuid>& patient) {
  if (!patient) return {};
  return {*patient};
}

void add_patient(std::vector<Uuid>& patients, const std::optional<Uuid>& patient) {
  if (patient && std::find(patients.begin(), patients.end(), *patient) == patients.end())
    patients.push_back(*patient);
}

Error foreign_cursor() {
  return Error{ErrorKind::malformed, "invalid-request", "The cursor is not of this list."};
}

Result<store::After> after_of(const service::PageRequest& page) {
  if (!page.after) return store::After{};
  const auto at = parse_instant((*page.after)[0]);
  const auto id = Uuid::parse((*page.after)[1]);
  if (!at || !id) return foreign_cursor();
  return store::After{{*at, *id}};
}

Result<store::AfterName> after_name_of(const service::PageRequest& page) {
  if (!page.after) return store::AfterName{};
  const auto id = Uuid::parse((*page.after)[1]);
  if (!id) return foreign_cursor();
  return store::AfterName{{(*page.after)[0], *id}};
}

}  // namespace ambula::pharmacy::api
