#include "identity/store/facilities.hpp"

#include "codec.hpp"
#include "handlers.hpp"
#include "identity/events/codec.hpp"
#include "identity/store/accounts.hpp"
#include "support.hpp"

// Facilities and their settings [ID-12].
namespace ambula::identity::api {
namespace {

outbox::Events event(const Call& call, std::string_view type, const domain::Facility& facility) {
  auto events = call.events();
  events.add(type, events::encode_facility(facility));
  return events;
}

bool of_installation(const Call& call) {
  return call.principal().has_role(auth::Role::installation_admin);
}

/// Another facility is a 404, but for those who administer all of them.
bool sees(const Call& call, const Uuid& facility) {
  return of_installation(call) || (call.facility() == facility && !facility.is_nil());
}

/// Whose settings the caller sees in the list; others are shown as to anybody.
struct Sight {
  bool all{false};
  std::vector<Uuid> own;

  bool covers(const Uuid& facility) const {
    return all || std::find(own.begin(), own.end(), facility) != own.end();
  }
};

Sight sight_of(Call& call) {
  Sight sight;
  if (call.actor().is_nil() || call.principal().must_change_password) return sight;
  const auto account = store::get_account(call.session(), call.actor());
  if (!account || !account->active) return sight;
  const auto claims = claims_of(*account, {}, call.now(), call.now());
  for (const auto& membership : claims.memberships) {
    for (const auto role : membership.roles) {
      const auto permission = static_cast<std::size_t>(auth::Permission::facility_read);
      // A patient sees the own one by its id, not in the list.
      if (role == auth::Role::patient || !auth::permissions_of(role).test(permission)) continue;
      if (membership.facility_id) sight.own.push_back(*membership.facility_id);
      if (!membership.facility_id) sight.all = true;
    }
  }
  return sight;
}

}  // namespace

Result<Answer> list_facilities(Context&, Call& call) {
  auto query = call.query();
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  store::TextCursor after;
  if (page.after) after = {(*page.after)[0], Uuid::parse((*page.after)[1]).value_or(Uuid{})};
  const auto facilities = store::list_facilities(call.session(), after, page.limit + 1);
  const auto sight = sight_of(call);
  std::vector<std::string> items;
  std::optional<service::Cursor> next;
  for (const auto& facility : facilities) {
    if (items.size() == static_cast<std::size_t>(page.limit)) {
      const auto& last = facilities[items.size() - 1];
      next = service::Cursor{last.code, last.id.str()};
      break;
    }
    items.push_back(sight.covers(facility.id) ? encode(facility) : encode_public(facility));
  }
  return service::ok(service::page_body(items, next, page));
}

Result<Answer> create_facility(Context&, Call& call) {
  const auto input = decode_facility(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto facility = *input;
    facility.id = Uuid::make(call.now());
    facility.record = {1, call.now(), call.actor(), call.now(), call.actor()};
    store::insert(tx, facility, event(call, "FacilityRegistered", facility));
    return changed(service::created("/v1/facilities/" + facility.id.str(), encode(facility)),
                   "facility", facility.id,
                   {"code", "name", "zone", "currency", "locale", "settings"}, {facility.id});
  });
}

Result<Answer> get_facility(Context&, Call& call) {
  auto facility = store::get_facility(call.session(), call.id());
  if (!facility || !sees(call, facility->id)) return not_found("facility");
  // Addresses of staff are nothing for patients, who need its zone, language and hours of notice.
  if (call.principal().is_patient_only()) facility->settings.stock_digest_to.clear();
  return service::ok(encode(*facility), facility->record.version);
}

Result<Answer> update_facility(Context&, Call& call) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto facility = store::lock_facility(tx, call.id());
    if (!facility || !sees(call, facility->id)) return not_found("facility");
    if (auto current = call.check_version(facility->record.version); !current)
      return current.error();
    const auto zone = facility->zone;
    auto fields = patch_facility(call.body(), *facility);
    if (!fields) return fields.error();
    if (facility->zone != zone && facility->zone_frozen) {
      return conflict("zone-frozen", "The facility has been at work in its time zone.");
    }
    facility->record.updated_at = call.now();
    facility->record.updated_by = call.actor();
    facility->record.version =
        store::save(tx, *facility, event(call, "FacilityUpdated", *facility));
    return changed(service::ok(encode(*facility), facility->record.version), "facility",
                   facility->id, *std::move(fields), {facility->id});
  });
}

}  // namespace ambula::identity::api
