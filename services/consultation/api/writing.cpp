#include "writing.hpp"

#include <algorithm>

#include <ambula/base/zone.hpp>

#include "consultation/store/prescriptions.hpp"

namespace ambula::consultation::api {
namespace {

/// Items that name a medicine take its name, strength and form as the pharmacy has them.
Result<void> name_medicines(service::Call& call, db::Transaction& tx,
                            std::vector<domain::Item>& items) {
  std::vector<Uuid> wanted;
  for (const auto& item : items) {
    if (item.medicine_id) wanted.push_back(*item.medicine_id);
  }
  if (wanted.empty()) return {};
  const auto known = store::medicines(tx, call.facility(), wanted);
  for (auto& item : items) {
    if (!item.medicine_id) continue;
    const auto found = std::ranges::find(known, *item.medicine_id, &store::KnownMedicine::id);
    if (found == known.end()) return call.unknown("medicine", *item.medicine_id);
    if (!found->active)
      return conflict("medicine-inactive", "The pharmacy no longer gives this medicine.");
    item.medicine = found->medicine;
  }
  return {};
}

}  // namespace

events::Act act(const service::Call& call) {
  return {call.now(), call.actor(), call.events()};
}

Result<void> check_content(service::Call& call, db::Transaction& tx,
                           const domain::Prescription& prescription, domain::Content& content) {
  for (auto& item : content.items) {
    if (item.id == Uuid{}) item.id = Uuid::make(call.now());
  }
  if (auto named = name_medicines(call, tx, content.items); !named) return named;
  const bool replaceable =
      !content.replaces || store::is_replaceable(tx, call.facility(), *content.replaces,
                                                 prescription.patient_id, prescription.visitor_id);
  if (replaceable) return {};
  return rule_broken("unknown-prescription", "There is no such prescription of this person.",
                     "/replaces");
}

Result<domain::Prescription> write_prescription(service::Call& call, db::Transaction& tx,
                                                const domain::Consultation& consultation,
                                                const domain::Rules& rules,
                                                const PrescriptionInput& input, bool issued) {
  domain::Prescription prescription;
  prescription.id = Uuid::make(call.now());
  prescription.facility_id = consultation.facility_id;
  prescription.consultation_id = consultation.id;
  prescription.patient_id = consultation.patient_id;
  prescription.visitor_id = consultation.visitor_id;
  prescription.doctor_id = consultation.doctor_id;
  auto content = input.content;
  if (auto checked = check_content(call, tx, prescription, content); !checked)
    return checked.error();
  prescription.replaces = content.replaces;
  prescription.notes = std::move(content.notes);
  prescription.items = std::move(content.items);
  auto decision = domain::draft();
  if (issued) decision.push_back({.kind = domain::RxEventKind::issued});
  const auto year = static_cast<int>(local_date(rules.zone, call.now()).year());
  prescription.number = store::next_number(tx, call.facility(), year);
  events::record_new(tx, prescription, decision, rules, act(call));
  return prescription;
}

}  // namespace ambula::consultation::api
