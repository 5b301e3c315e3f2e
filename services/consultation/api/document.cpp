#include <ambula/base/zone.hpp>
#include <ambula/pdf/document.hpp>

#include "access.hpp"
#include "consultation/store/prescriptions.hpp"
#include "handlers.hpp"

// The printed prescription [CON-4].
namespace ambula::consultation::api {
namespace {

std::string medicine_text(const domain::Medicine& medicine) {
  auto text = medicine.name;
  if (medicine.strength) text += " " + *medicine.strength;
  if (medicine.form) text += ", " + *medicine.form;
  return text;
}

/// Nothing may be handed over on it any more, and not because all was.
bool is_void(domain::RxStatus status) {
  using enum domain::RxStatus;
  return status == cancelled || status == stopped || status == expired;
}

pdf::Fields head_fields(const domain::Prescription& prescription, const store::DocumentHead& head) {
  pdf::Fields fields;
  fields.items.push_back({"Patient", head.patient_name.value_or("-")});
  if (head.mrn) fields.items.push_back({"MRN", *head.mrn});
  if (head.birth_date) fields.items.push_back({"Date of birth", format_date(*head.birth_date)});
  fields.items.push_back({"Doctor", head.doctor_name.value_or("-")});
  fields.items.push_back({"Issued", format_date(local_date(head.zone, *prescription.issued_at))});
  fields.items.push_back({"Valid until", format_date(*prescription.expires_on)});
  fields.items.push_back({"Status", std::string(to_string(prescription.status))});
  return fields;
}

pdf::Table items_table(const domain::Prescription& prescription) {
  pdf::Table table{{{"Medicine", 3},
                    {"Dose", 2},
                    {"Frequency", 2},
                    {"Days", 0.8, pdf::Align::end},
                    {"Quantity", 1.3, pdf::Align::end},
                    {"Instructions", 3}},
                   {}};
  for (const auto& item : prescription.items) {
    const auto dose = item.route ? item.dose + ", " + *item.route : item.dose;
    table.rows.push_back({medicine_text(item.medicine), dose, item.frequency,
                          item.duration_days ? std::to_string(*item.duration_days) : "",
                          std::to_string(item.quantity), item.instructions.value_or("")});
  }
  return table;
}

pdf::Document document_of(const domain::Prescription& prescription,
                          const store::DocumentHead& head) {
  pdf::Document document;
  document.title = "Prescription " + prescription.number;
  document.letterhead.name = head.facility_name;
  if (head.address) document.letterhead.lines.push_back(*head.address);
  if (head.phone) document.letterhead.lines.push_back(*head.phone);
  document.footer = "Prescription " + prescription.number;
  document.created_at = *prescription.issued_at;
  document.blocks.emplace_back(pdf::Heading{"Prescription " + prescription.number, 1});
  if (is_void(prescription.status)) {
    document.blocks.emplace_back(pdf::Paragraph{
        "Not valid: " + std::string(to_string(prescription.status)), pdf::Tone::strong});
  }
  document.blocks.emplace_back(head_fields(prescription, head));
  document.blocks.emplace_back(items_table(prescription));
  if (prescription.notes) document.blocks.emplace_back(pdf::Paragraph{*prescription.notes});
  document.blocks.emplace_back(pdf::QrCode{prescription.number, prescription.number});
  document.blocks.emplace_back(pdf::Signature{head.doctor_name.value_or("Doctor")});
  return document;
}

/// A pharmacist prints any that was issued; others what they may read.
Result<void> check_printable(Call& call, const domain::Prescription& prescription) {
  const bool pharmacist = call.principal().has_role(auth::Role::pharmacist);
  if (!pharmacist) {
    if (auto visible = check_visible(call, prescription); !visible) return visible.error();
  }
  if (prescription.issued_at) return {};
  if (pharmacist) return not_found("prescription");
  return illegal_transition(to_string(prescription.status), "print");
}

}  // namespace

Result<Answer> prescription_document(Call& call) {
  const auto prescription = store::get_prescription(call.session(), call.facility(), call.id());
  if (!prescription) return not_found("prescription");
  if (auto printable = check_printable(call, *prescription); !printable) return printable.error();
  const auto head = store::document_head(call.session(), call.facility(), prescription->id);
  if (!head) return call.unknown("facility", call.facility());
  // No ETag: names of people and of the facility are on it, and may change without it.
  auto answer = service::ok(pdf::render(document_of(*prescription, *head)));
  answer.content_type = "application/pdf";
  answer.headers.emplace_back("content-disposition",
                              "inline; filename=\"" + prescription->number + ".pdf\"");
  return service::about(std::move(answer), patients_of(prescription->patient_id));
}

}  // namespace ambula::consultation::api
