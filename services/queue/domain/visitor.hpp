#pragma once

#include <optional>
#include <string>

#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

#include "queue/domain/entry.hpp"

namespace ambula::queue::domain {

/// An anonymous walk-in, until somebody knows who it was.
struct Visitor {
  Uuid id;
  Uuid facility_id;
  std::string name;
  std::optional<std::string> phone;
  std::optional<Uuid> patient_id;
};

/// What a patient's own answers to the symptom questions came to; a booking may use it.
struct Assessment {
  Uuid id;
  Uuid facility_id;
  Uuid patient_id;
  Level level{Level::low};
  std::string rule_set;
  Instant valid_until;
};

}  // namespace ambula::queue::domain
