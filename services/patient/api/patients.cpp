#include "patient/store/patients.hpp"

#include <ambula/base/zone.hpp>

#include "access.hpp"
#include "codec.hpp"
#include "command.hpp"
#include "handlers.hpp"
#include "patient/store/clinical_items.hpp"

// The registry: register, read, change, take out of use, delete [PAT-1, PAT-2, PAT-4, PAT-6,
// PAT-8].
namespace ambula::patient::api {
namespace {

/// The details of a body, with the birth date of an age counted back from the facility's day.
domain::Details settled(const DetailsInput& input, Date today) {
  auto details = input.details;
  if (input.age_years) details.birth_date = domain::birth_date_of_age(*input.age_years, today);
  return details;
}

}  // namespace

Result<Answer> register_patient(Call& call) {
  const auto input = decode_registration(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto facility = store::facility(tx, call.facility());
    if (!facility) return call.unknown("facility", call.facility());
    const auto today = local_date(facility->zone, call.now());
    const auto decision = decide(domain::Register{settled(*input, today)}, today);
    if (!decision) return decision.error();
    const auto made = events::record_new(tx, call.facility(), *facility, *decision, act(call));
    if (!made) return made.error();
    return changed(service::created("/v1/patients/" + made->id.str(), encode(*made, Sight::full)),
                   made->id, domain::changed_fields({}, *made));
  });
}

Result<Answer> get_patient(Call& call) {
  auto patient = store::get(call.session(), call.facility(), call.id());
  if (!patient) return not_found("patient");
  const auto sight = sight_of(call, patient->id);
  if (!sight) return sight.error();
  if (*sight == Sight::reduced) {
    auto allergies = store::present_allergies(call.session(), call.facility(), {patient->id});
    patient->allergies = std::move(allergies[patient->id]);
  }
  return service::about(service::ok(encode(*patient, *sight), patient->record.version),
                        {patient->id});
}

Result<Answer> update_patient(Call& call) {
  return command(
      call,
      [&](const domain::Patient& patient, Date today, Sight sight) -> Result<domain::Decision> {
        const auto input = patch_details(call.body(), patient.details);
        if (!input) return input.error();
        auto details = settled(*input, today);
        if (sight == Sight::own) return decide(patient, domain::UpdateOwn{details}, today);
        return decide(patient, domain::Update{std::move(details)}, today);
      });
}

Result<Answer> delete_patient(Call& call) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = store::lock(tx, call.facility(), call.id());
    if (!locked) return not_found("patient");
    const auto& before = locked->patient;
    if (auto current = call.check_version(before.record.version); !current) return current.error();
    const auto used_by = store::dependants(tx, call.facility(), before.id);
    const auto decision = decide(before, domain::Delete{used_by, call.now()});
    if (!decision) return Error(decision.error()).with_json("used_by", encode_names(used_by));
    events::record(tx, before, *decision, act(call));
    return changed(service::no_content(), before.id, {"deleted"});
  });
}

Result<Answer> deactivate_patient(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return command(call, [&](const domain::Patient& patient, Date, Sight) {
    return decide(patient, domain::Deactivate{*reason});
  });
}

Result<Answer> reactivate_patient(Call& call) {
  const auto reason = decode_optional_reason(call.body());
  if (!reason) return reason.error();
  return command(call, [&](const domain::Patient& patient, Date, Sight) {
    return decide(patient, domain::Reactivate{*reason});
  });
}

Result<Answer> get_preferences(Call& call) {
  const auto patient = store::get(call.session(), call.facility(), call.id());
  if (!patient) return not_found("patient");
  if (auto allowed = may_change(call, patient->id); !allowed) return allowed.error();
  return service::about(service::ok(encode(patient->preferences), patient->record.version),
                        {patient->id});
}

Result<Answer> put_preferences(Call& call) {
  const auto preferences = decode_preferences(call.body());
  if (!preferences) return preferences.error();
  return command(
      call,
      [&](const domain::Patient& patient, Date, Sight) {
        return decide(patient, domain::ChangePreferences{*preferences});
      },
      [](const domain::Patient& patient, Sight) { return encode(patient.preferences); });
}

}  // namespace ambula::patient::api
