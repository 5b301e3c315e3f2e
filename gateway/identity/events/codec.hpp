#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "identity/domain/account.hpp"
#include "identity/domain/facility.hpp"
#include "identity/domain/mail_token.hpp"
#include "identity/domain/registration.hpp"

// Event data as in schemas/events; the only file here that knows their JSON.
namespace ambula::identity::events {

std::string encode_facility(const domain::Facility& facility);
std::string encode_account(const domain::Account& account);

/// `token` is the secret itself, which stands nowhere else but in the mail.
std::string encode_account_mail(const domain::MailToken& about, std::string_view language,
                                std::string_view token, Instant expires_at);
/// What a person who signed up said about themselves, as PatientSelfRegistered tells it once.
std::string encode_person(const domain::Person& person);
Result<domain::Person> decode_person(std::string_view data);
/// `person`: as encode_person wrote it.
std::string encode_self_registered(const Uuid& account, const Uuid& facility,
                                   std::string_view email, std::string_view person);
/// PatientInviteAccepted and PatientEmailVerified: an address that was proved, for a record.
std::string encode_address_proved(const Uuid& account, const Uuid& facility, const Uuid& patient,
                                  std::string_view email);

struct Invitation {
  Uuid patient_id;
  Uuid facility_id;
  std::string address;
  std::string language;
  std::string display_name;
};
Result<Invitation> decode_invitation(std::string_view data);
struct AddressChange {
  Uuid patient_id;
  Uuid facility_id;
  Uuid account_id;
  std::string address;
  std::string language;
};
Result<AddressChange> decode_address_change(std::string_view data);
/// The account that was refused a record.
Result<Uuid> decode_refusal(std::string_view data);

/// Which account a doctor's or patient's record names.
struct RecordFact {
  Uuid id;
  std::optional<Uuid> account_id;
  std::optional<std::string> email_pending;  ///< of a patient: the address that waits to be proved
};
Result<RecordFact> decode_doctor(std::string_view data);
Result<RecordFact> decode_patient(std::string_view data);

}  // namespace ambula::identity::events
