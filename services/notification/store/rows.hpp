#pragma once

#include <ambula/db/rows.hpp>

#include "notification/domain/message.hpp"

namespace ambula::notification::store {

domain::Message to_message(const db::Row& row);
domain::Facility to_facility(const db::Row& row);
domain::Patient to_patient(const db::Row& row);
domain::Appointment to_appointment(const db::Row& row);
domain::Prescription to_prescription(const db::Row& row);

}  // namespace ambula::notification::store
