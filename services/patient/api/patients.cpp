#include "patient/store/patients.hpp"

#include <algorithm>

#include <ambula/base/zone.hpp>

#include "access.hpp"
#include "codec.hpp"
#include "handlers.hpp"
#include "patient/domain/mrn.hpp"
#include "patient/events/codec.hpp"

// The registry: register, find, change, take out of use [PAT-1, PAT-2, PAT-3, PAT-4].
namespace ambula::patient::api {
namespace {

const std::vector<std::string_view> status_names = {"ACTIVE", "INACTIVE"};
constexpr std::size_t phone_digits_min = 4;

Answer changed(Answer answer, const Uuid& id, std::vector<std::string> fields) {
  answer.resource = "patient/" + id.str();
  answer.changed = std::move(fields);
  return service::about(std::move(answer), {id});
}

/// The details of a body, with the birth date of an age counted back from the facility's day.
domain::Details settled(const DetailsInput& input, Date today) {
  auto details = input.details;
  if (input.age_years) details.birth_date = domain::birth_date_of_age(*input.age_years, today);
  return details;
}

outbox::Events events_of(const Call& call, const domain::Decision& decision,
                         const domain::Patient& patient) {
  auto events = call.events();
  for (const auto& event : decision) {
    events.add(to_string(event.kind), events::encode_patient(patient));
  }
  return events;
}

using Decide = std::function<Result<domain::Decision>(const domain::Patient& patient, Date today,
                                                      Sight sight)>;

/// The course of every command on a record: lock, access, version, decide, evolve, save with
/// events.
Result<Answer> command(Call& call, const Decide& decide) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto sight = may_change(call, call.id());
    if (!sight) return sight.error();
    const auto locked = store::lock(tx, call.facility(), call.id());
    if (!locked) return not_found("patient");
    const auto& before = locked->patient;
    if (auto current = call.check_version(before.record.version); !current) return current.error();
    const auto decision = decide(before, local_date(locked->zone, call.now()), *sight);
    if (!decision) return decision.error();

    auto after = evolved(before, *decision);
    after.record.updated_at = call.now();
    after.record.updated_by = call.actor();
    after.record.version = store::save(tx, after, events_of(call, *decision, after));
    auto fields = domain::changed_fields(before.details, after.details);
    if (before.status != after.status) fields.emplace_back("status");
    return changed(service::ok(encode(after, *sight), after.record.version), after.id,
                   std::move(fields));
  });
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
  std::vector<std::string> items;
  std::vector<Uuid> ids;
  for (const auto& patient : patients) {
    items.push_back(encode(patient, reach.sight));
    ids.push_back(patient.id);
  }
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
    domain::Patient patient = evolved({}, *decision);
    patient.id = Uuid::make(call.now());
    patient.facility_id = call.facility();
    patient.preferences = {.language = facility->locale, .email = true, .opt_out = {}};
    patient.record = {1, call.now(), call.actor(), call.now(), call.actor()};
    auto mrn = domain::make_mrn(facility->code, store::draw_mrn(tx, call.facility()));
    if (!mrn) return mrn.error();
    patient.mrn = *std::move(mrn);
    store::insert(tx, patient, events_of(call, *decision, patient));
    return changed(
        service::created("/v1/patients/" + patient.id.str(), encode(patient, Sight::full)),
        patient.id, domain::changed_fields({}, patient.details));
  });
}

Result<Answer> get_patient(Call& call) {
  const auto patient = store::get(call.session(), call.facility(), call.id());
  if (!patient) return not_found("patient");
  const auto sight = sight_of(call, patient->id);
  if (!sight) return sight.error();
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
        if (sight == Sight::own) {
          const auto fields = domain::changed_fields(patient.details, details);
          if (auto own = domain::check_own_change(fields); !own) return own.error();
        }
        return decide(patient, domain::Update{std::move(details)}, today);
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

}  // namespace ambula::patient::api
