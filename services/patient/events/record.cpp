#include "record.hpp"

#include <algorithm>

#include "codec.hpp"
#include "patient/domain/mrn.hpp"

namespace ambula::patient::events {
namespace {

void add(outbox::Events& events, const domain::Event& event, const domain::Patient& patient) {
  using enum domain::EventKind;
  const auto type = to_string(event.kind);
  switch (event.kind) {
    case deleted:
      events.add(type, encode_deleted(patient));
      break;
    case invited:
      events.add(type, encode_invitation(patient));
      break;
    case email_change_requested:
      events.add(type, encode_email_change(patient));
      break;
    default:
      events.add(type, encode_patient(patient));
  }
}

/// The events of one of the two topics, on top of the cause.
outbox::Events told(outbox::Events events, const domain::Decision& decision,
                    const domain::Patient& patient, bool binding) {
  for (const auto& event : decision) {
    if (is_binding(event.kind) == binding) add(events, event, patient);
  }
  return events;
}

}  // namespace

Result<domain::Patient> record_new(db::Transaction& tx, const Uuid& facility_id,
                                   const store::Facility& facility,
                                   const domain::Decision& decision, Act act) {
  domain::Patient patient = evolved({}, decision);
  patient.id = Uuid::make(act.now);
  patient.facility_id = facility_id;
  patient.phone_region = facility.phone_region;
  patient.preferences = {.language = facility.locale, .email = true, .opt_out = {}};
  patient.record = {1, act.now, act.actor, act.now, act.actor};
  auto mrn = domain::make_mrn(facility.code, store::draw_mrn(tx, facility_id));
  if (!mrn) return mrn.error();
  patient.mrn = *std::move(mrn);
  store::insert(tx, patient, told(act.events, decision, patient, false));
  return patient;
}

domain::Patient record(db::Transaction& tx, const domain::Patient& before,
                       const domain::Decision& decision, Act act) {
  auto after = evolved(before, decision);
  after.record.updated_at = act.now;
  after.record.updated_by = act.actor;
  // What is only told in the other topic changes nothing here.
  const bool changes = std::ranges::any_of(
      decision, [](const domain::Event& event) { return !is_binding(event.kind); });
  if (changes)
    after.record.version = store::save(tx, after, told(act.events, decision, after, false));
  if (auto binding = told(act.events, decision, after, true); !binding.empty()) {
    store::tell_binding(tx, after, binding);
  }
  return after;
}

}  // namespace ambula::patient::events
