#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "notification/domain/message.hpp"

// Event data as in schemas/events; the only file here that knows their JSON.
namespace ambula::notification::events {

std::string encode_message(const domain::Message& message);

struct FacilityFact {
  Uuid id;
  std::string name;
  std::string zone;
  std::string locale;
  std::optional<std::string> phone;
  std::vector<int> reminders_min;
  std::vector<std::string> stock_digest_to;
};
Result<FacilityFact> decode_facility(std::string_view data);

struct PatientFact {
  Uuid id;
  std::string given_name;
  std::optional<std::string> email;
  std::string language;
  bool email_allowed{true};
  std::vector<std::string> opt_out;
};
Result<PatientFact> decode_patient(std::string_view data);

struct NameFact {
  Uuid id;
  std::string name;
};
Result<NameFact> decode_doctor(std::string_view data);
Result<NameFact> decode_department(std::string_view data);

struct AppointmentFact {
  Uuid id;
  Uuid patient_id;
  Uuid doctor_id;
  Uuid department_id;
  Instant starts_at;
  Instant ends_at;
  std::string status;
};
Result<AppointmentFact> decode_appointment(std::string_view data);

struct PrescriptionFact {
  Uuid id;
  std::optional<Uuid> patient_id;  ///< absent for a visitor, who gets no mail
  Uuid doctor_id;
  std::string number;
  std::string status;
  Date expires_on;
};
Result<PrescriptionFact> decode_prescription(std::string_view data);

struct AccountMailFact {
  Uuid account_id;
  Uuid facility_id;  ///< nil: the account has none
  domain::Template template_name{domain::Template::account_verify};
  domain::AccountMail mail;
};
Result<AccountMailFact> decode_account_mail(std::string_view data);

/// Stock of a medicine over all its lots.
struct StockLevelFact {
  Uuid medicine_id;
  std::string medicine;
  std::int64_t available{0};
  std::int64_t minimum_level{0};
};
Result<StockLevelFact> decode_stock_level(std::string_view data);

struct StockLotFact {
  Uuid medicine_id;
  std::string medicine;
  Uuid lot_id;
  std::string lot_number;
  Date expires_on;
  std::int64_t on_hand{0};
  std::optional<int> within_days;
};
Result<StockLotFact> decode_stock_lot(std::string_view data);

/// The prescription that the pharmacy speaks of.
Result<Uuid> decode_dispense(std::string_view data);

}  // namespace ambula::notification::events
