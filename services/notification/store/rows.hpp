#pragma once

#include <ambula/db/rows.hpp>

#include "notification/domain/message.hpp"
#include "notification/domain/wording.hpp"

namespace ambula::notification::store {

domain::Message to_message(const db::Row& row);
domain::Facility to_facility(const db::Row& row);
domain::Patient to_patient(const db::Row& row);
domain::Appointment to_appointment(const db::Row& row);
domain::Prescription to_prescription(const db::Row& row);
domain::AccountMail to_account_mail(const db::Row& row);
domain::StockAlert to_stock_alert(const db::Row& row);
domain::OwnWording to_wording(const db::Row& row);

}  // namespace ambula::notification::store
