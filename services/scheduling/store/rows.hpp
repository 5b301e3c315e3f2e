#pragma once

#include <ambula/db/rows.hpp>

#include "scheduling/domain/appointment.hpp"
#include "scheduling/domain/directory.hpp"

// Rows of this service's tables as domain values; for store/*.cpp.
namespace ambula::scheduling::store {

domain::Rules to_rules(const db::Row& row);
domain::Availability to_availability(const db::Row& row);
domain::Appointment to_appointment(const db::Row& row);
domain::Unit to_unit(const db::Row& row);
domain::Doctor to_doctor(const db::Row& row);

}  // namespace ambula::scheduling::store
