#include <notification/sql.hpp>

#include "codec.hpp"
#include "dispense.hpp"
#include "handlers.hpp"
#include "intent.hpp"
#include "notification/store/messages.hpp"

namespace ambula::notification::events {
namespace {

/// Does what the pharmacy said before the prescription was known here.
void do_early_dispenses(outbox::Delivery& delivery, const PrescriptionFact& fact) {
  for (const auto row :
       delivery.tx.exec(sql::take_early_dispenses, delivery.event.facility_id, fact.id)) {
    std::optional<domain::Template> name;
    if (!row.is_null("template")) name = domain::parse_template(row.text("template"));
    dispensed(delivery, {.prescription_id = fact.id,
                         .event_id = row.get<Uuid>("event_id"),
                         .template_name = name,
                         .version = row.get<std::int64_t>("fact_version"),
                         .time = row.get<Instant>("fact_time")});
  }
}

}  // namespace

/// The prescription as it is now, and a mail when it is issued [NOT-3]. Visitors have no address:
/// theirs is known, so that nothing waits for it, and tells nobody.
Result<void> on_prescription(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.tombstone || !event.facility_id) return {};
  const auto fact = decode_prescription(event.data);
  if (!fact) return fact.error();
  delivery.meet("prescription", fact->id);
  delivery.tx.exec(sql::project_prescription, fact->id, event.facility_id, fact->patient_id,
                   fact->doctor_id, fact->number, fact->status, fact->expires_on,
                   event.aggregate_version);
  if (event.type == "PrescriptionIssued" && fact->patient_id) {
    const auto intent =
        intent_of(event, domain::Template::prescription_issued, *fact->patient_id, fact->id);
    store::insert(delivery.tx, message_of(intent, Uuid::make(delivery.now), delivery.now));
  }
  do_early_dispenses(delivery, *fact);
  return {};
}

}  // namespace ambula::notification::events
