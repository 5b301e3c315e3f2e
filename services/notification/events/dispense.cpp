#include "dispense.hpp"

#include <notification/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "notification/store/messages.hpp"

namespace ambula::notification::events {
namespace {

using domain::Template;

std::optional<Template> template_of_dispense(std::string_view type) {
  if (type == "PrescriptionReady") return Template::prescription_ready;
  if (type == "PrescriptionPartlyDispensed" || type == "PrescriptionDispensed")
    return Template::prescription_dispensed;
  return std::nullopt;
}

}  // namespace

bool dispensed(outbox::Delivery& delivery, const Dispensed& fact) {
  const auto& facility = *delivery.event.facility_id;
  const auto known =
      delivery.tx.exec(sql::project_fulfilment, fact.prescription_id, facility, fact.version);
  if (known.empty()) return false;
  const auto patient = known.front().get<std::optional<Uuid>>("patient_id");
  if (fact.template_name && patient) {
    const domain::Intent intent{.facility_id = facility,
                                .template_name = *fact.template_name,
                                .recipient = patient->str(),
                                .patient_id = *patient,
                                .subject_id = fact.prescription_id,
                                .event_id = fact.event_id,
                                .fact_version = fact.version,
                                .fact_time = fact.time};
    store::insert(delivery.tx, message_of(intent, Uuid::make(delivery.now), delivery.now));
  }
  return true;
}

/// A mail when it is ready and when it was handed over [NOT-3]. The topics are not ordered among
/// each other: what is said of a prescription that is not here yet is kept until it comes.
Result<void> on_dispense(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || !event.facility_id) return {};
  const auto prescription = decode_dispense(event.data);
  if (!prescription) return prescription.error();
  const Dispensed fact{*prescription, event.id, template_of_dispense(event.type),
                       event.aggregate_version, event.time};
  delivery.meet("prescription", fact.prescription_id);
  if (dispensed(delivery, fact)) return {};
  const auto name = fact.template_name ? std::optional(std::string(to_string(*fact.template_name)))
                                       : std::nullopt;
  delivery.tx.exec(sql::remember_early_dispense, *event.facility_id, fact.prescription_id,
                   fact.event_id, name, fact.version, fact.time);
  return {};
}

}  // namespace ambula::notification::events
