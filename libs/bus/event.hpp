#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::bus {

/// A CloudEvent 1.0 as it travels in Kafka's binary mode (docs/events.md, "Envelope").
struct Event {
  Uuid id;             ///< ce_id, unique for ever
  std::string type;    ///< without the prefix `ambula.`: "AppointmentBooked"; empty for a tombstone
  std::string source;  ///< "/services/scheduling"
  std::string topic;
  std::string key;  ///< aggregate id = ce_subject
  Instant time;
  std::optional<Uuid> facility_id;
  std::int64_t aggregate_version{0};  ///< counts the events of one topic and key: 1, 2, 3…
  std::string traceparent;
  std::optional<Uuid> causation_id;
  std::optional<Uuid> actor_id;
  std::string data;  ///< JSON; empty for a tombstone
  bool tombstone{false};
  std::int32_t partition{-1};
  std::int64_t offset{-1};
};

}  // namespace ambula::bus
