#include "patient/store/patients.hpp"

#include <algorithm>

#include <ambula/base/zone.hpp>

#include "access.hpp"
#include "codec.hpp"
#include "command.hpp"
#include "handlers.hpp"
#include "patient/store/clinical_items.hpp"

// The registry: register, find, change, take out of use, delete [PAT-1, PAT-2, PAT-3, PAT-4, PAT-6,
// PAT-8].
namespace ambula::patient::api {
namespace {

const std::vector<std::string_view> status_names = {"ACTIVE", "INACTIVE"};
constexpr std::size_t phone_digits_min = 4;

/// The details of a body, with the birth date of an age counted back from the facility's day.
domain::Details settled(const DetailsInput& input, Date today) {
  auto details = input.details;
  if (input.age_years) details.birth_date = domain::birth_date_of_age(*input.age_years, today);
  return details;
}

/// Only digits, without the zeros that a number has at home and not abroad.
std::optional<std::string> phone_digits(service::Query& query) {
  const auto text = query.text("phone", 40);
  if (!text) return std::nullopt;
  std::string digits;
  std::ranges::copy_if(*text, std::back_inserter(digits),
                       [](char c) { return c >= '0' && c <= '9'; });
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() < phone_digits_min) {
    query.fault("phone", "length", "Must have at least 4 digits, not counting zeros in front.");
  }
  return digits;
}

void add_allergies(Call& call, domain::Patient& patient) {
  patient.allergies = std::move(
      store::present_allergies(call.session(), call.facility(), {patient.id})[patient.id]);
}

std::optional<Uuid> cursor_of(service::Query& query, const service::PageRequest& page) {
  if (!page.after) return std::nullopt;
  const auto id = Uuid::parse(page.after->front());
  if (!id) query.fault("cursor", "format", "Must be a cursor of an earlier answer of this list.");
  return id;
}

}  // namespace

Result<Answer> list_patients(Call& call) {
  auto query = call.query();
  const auto reach = api::reach(call.principal());
  store::ListFilter filter{.status = {},
                           .q = query.text("q", 100),
                           .phone = phone_digits(query),
                           .email = query.text("email", 254),
                           .mrn = query.text("mrn", 60),
                           .patient_id = reach.patient_id,
                           .doctor_id = reach.doctor_id,
                           .now = call.now()};
  if (const auto status = query.choice("status", status_names)) {
    filter.status = static_cast<domain::Status>(*status);
  }
  const auto page = query.page(1);
  const auto after = cursor_of(query, page);
  if (auto fault = query.finish()) return *fault;

  auto patients = store::list(call.session(), call.facility(), filter, after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (patients.size() > static_cast<std::size_t>(page.limit)) {
    patients.pop_back();
    next = service::Cursor{patients.back().id.str()};
  }
  std::vector<Uuid> ids;
  for (const auto& patient : patients)
    ids.push_back(patient.id);
  if (reach.sight == Sight::reduced) {
    auto allergies = store::present_allergies(call.session(), call.facility(), ids);
    for (auto& patient : patients)
      patient.allergies = std::move(allergies[patient.id]);
  }
  std::vector<std::string> items;
  for (const auto& patient : patients)
    items.push_back(encode(patient, reach.sight));
  return service::about(service::ok(service::page_body(items, next)), std::move(ids));
}

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
  if (*sight == Sight::reduced) add_allergies(call, *patient);
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
