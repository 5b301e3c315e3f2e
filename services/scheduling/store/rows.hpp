#pragma once

#include <ambula/db/rows.hpp>

#include "scheduling/domain/booking.hpp"
#include "scheduling/domain/directory.hpp"

// Rows of this service's tables as domain values; for store/*.cpp.
namespace ambula::scheduling::store {

/// The name of an enum as a parameter; none: NULL.
template <class Enum>
std::optional<std::string> text_of(const std::optional<Enum>& value) {
  if (!value) return std::nullopt;
  return std::string(to_string(*value));
}

/// A CHECK constraint keeps the column to these names.
std::optional<domain::TriageLevel> to_level(const db::Row& row, std::string_view column);
domain::Record to_record(const db::Row& row);
domain::Rules to_rules(const db::Row& row);
/// Weekly hours.
domain::Availability to_availability(const db::Row& row);
/// Weekly hours with the exceptions and holidays that stand in the same row as arrays.
domain::Availability to_availability_with_exceptions(const db::Row& row);
/// A row of hours_exception.
domain::HoursException to_exception(const db::Row& row);
domain::Appointment to_appointment(const db::Row& row);
domain::Unit to_unit(const db::Row& row);
domain::Doctor to_doctor(const db::Row& row);

}  // namespace ambula::scheduling::store
