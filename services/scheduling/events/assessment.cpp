#include <scheduling/sql.hpp>

#include "codec.hpp"
#include "handlers.hpp"

namespace ambula::scheduling::events {

/// The level that a patient may book with [SCH-8].
Result<void> on_assessment(outbox::Delivery& delivery) {
  const auto& event = delivery.event;
  if (event.type != "AssessmentMade") return outbox::ignored();
  const auto fact = decode_assessment(event.data);
  if (!fact) return fact.error();
  delivery.tx.exec(sql::project_assessment, fact->id, event.facility_id, fact->patient_id,
                   to_string(fact->level), fact->valid_until);
  return {};
}

}  // namespace ambula::scheduling::events
