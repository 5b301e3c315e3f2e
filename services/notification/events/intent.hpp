#pragma once

#include <ambula/bus/event.hpp>

#include "notification/domain/message.hpp"

namespace ambula::notification::events {

/// A mail to a patient because of an event that has a facility.
inline domain::Intent intent_of(const bus::Event& event, domain::Template name,
                                const Uuid& patient_id, const Uuid& subject_id) {
  return {.facility_id = event.facility_id.value(),
          .template_name = name,
          .recipient = patient_id.str(),
          .patient_id = patient_id,
          .subject_id = subject_id,
          .event_id = event.id,
          .fact_version = event.aggregate_version,
          .fact_time = event.time};
}

}  // namespace ambula::notification::events
