#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::identity::events {
namespace {

constexpr json::Text address_rule{.max = 254};
constexpr json::Text name_rule{.max = 500};

json::Value encode_settings(const domain::FacilitySettings& settings) {
  json::Value value;
  value["day_cap"] = settings.day_cap;
  value["urgent_seats"] = settings.urgent_seats;
  value["desk_may_complete"] = settings.desk_may_complete;
  value["no_show_grace_min"] = settings.no_show_grace_min;
  value["max_calls"] = settings.max_calls;
  value["staging_factor"] = settings.staging_factor;
  value["reminders_min"] = settings.reminders_min;
  value["prescription_days"] = settings.prescription_days;
  value["reservation_h"] = settings.reservation_h;
  value["visitor_days"] = settings.visitor_days;
  value["stock_digest_to"] = settings.stock_digest_to;
  return value;
}

/// Neighbours may add members that we do not know.
Result<RecordFact> decode_record(std::string_view data, std::string_view id_field) {
  const auto value = json::parse(data);
  if (!value) return value.error();
  json::Object object(*value);
  RecordFact fact{object.uuid(id_field), object.optional_uuid("account_id"), {}};
  fact.email_pending = object.optional_text("email_pending");
  if (auto fault = object.finish_known()) return *fault;
  return fact;
}

}  // namespace

std::string encode_facility(const domain::Facility& facility) {
  json::Value value;
  value["facility_id"] = facility.id.str();
  value["code"] = facility.code;
  value["name"] = facility.name;
  value["zone"] = facility.zone;
  value["currency"] = facility.currency;
  value["locale"] = facility.locale;
  json::put(value, "address", facility.address);
  json::put(value, "phone", facility.phone);
  value["settings"] = encode_settings(facility.settings);
  return json::dump(value);
}

std::string encode_account(const domain::Account& account) {
  json::Value value;
  value["account_id"] = account.id.str();
  value["memberships"] = json::Value::array();
  for (const auto& membership : account.memberships) {
    json::Value one;
    json::put(one, "facility_id", membership.facility_id);
    one["roles"] = membership.roles;
    value["memberships"].push_back(std::move(one));
  }
  value["display_name"] = account.display_name;
  value["active"] = account.active;
  json::put(value, "doctor_id", account.doctor_id);
  json::put(value, "patient_id", account.patient_id);
  return json::dump(value);
}

std::string encode_account_mail(const domain::MailToken& about, std::string_view language,
                                std::string_view token, Instant expires_at) {
  json::Value value;
  value["account_id"] = about.account_id.str();
  json::put(value, "facility_id", about.facility_id);
  value["kind"] = to_string(about.kind);
  value["address"] = about.address;
  value["language"] = language;
  value["token"] = token;
  value["expires_at"] = json::of(expires_at);
  return json::dump(value);
}

std::string encode_person(const domain::Person& person) {
  json::Value value;
  value["given_name"] = person.given_name;
  json::put(value, "family_name", person.family_name);
  value["birth_date"] = json::of(person.birth_date);
  value["sex"] = person.sex;
  json::put(value, "phone", person.phone);
  return json::dump(value);
}

Result<domain::Person> decode_person(std::string_view data) {
  const auto value = json::parse(data);
  if (!value) return value.error();
  json::Object object(*value);
  const domain::Person person{.given_name = object.text("given_name"),
                              .family_name = object.optional_text("family_name"),
                              .birth_date = object.date("birth_date"),
                              .sex = object.text("sex"),
                              .phone = object.optional_text("phone")};
  if (auto fault = object.finish_known()) return *fault;
  return person;
}

std::string encode_self_registered(const Uuid& account, const Uuid& facility,
                                   std::string_view email, std::string_view person) {
  json::Value value;
  value["account_id"] = account.str();
  value["facility_id"] = facility.str();
  value["email"] = email;
  if (auto patient = json::parse(person)) value["patient"] = *std::move(patient);
  return json::dump(value);
}

std::string encode_address_proved(const Uuid& account, const Uuid& facility, const Uuid& patient,
                                  std::string_view email) {
  json::Value value;
  value["account_id"] = account.str();
  value["facility_id"] = facility.str();
  value["patient_id"] = patient.str();
  value["email"] = email;
  return json::dump(value);
}

Result<Invitation> decode_invitation(std::string_view data) {
  const auto value = json::parse(data);
  if (!value) return value.error();
  json::Object object(*value);
  Invitation invitation{.patient_id = object.uuid("patient_id"),
                        .facility_id = object.uuid("facility_id"),
                        .address = object.text("address", address_rule),
                        .language = object.text("language"),
                        .display_name = object.text("display_name", name_rule)};
  if (auto fault = object.finish_known()) return *fault;
  return invitation;
}

Result<AddressChange> decode_address_change(std::string_view data) {
  const auto value = json::parse(data);
  if (!value) return value.error();
  json::Object object(*value);
  AddressChange change{.patient_id = object.uuid("patient_id"),
                       .facility_id = object.uuid("facility_id"),
                       .account_id = object.uuid("account_id"),
                       .address = object.text("address", address_rule),
                       .language = object.text("language")};
  if (auto fault = object.finish_known()) return *fault;
  return change;
}

Result<Uuid> decode_refusal(std::string_view data) {
  const auto value = json::parse(data);
  if (!value) return value.error();
  json::Object object(*value);
  const auto account = object.uuid("account_id");
  if (auto fault = object.finish_known()) return *fault;
  return account;
}

Result<RecordFact> decode_doctor(std::string_view data) {
  return decode_record(data, "doctor_id");
}

Result<RecordFact> decode_patient(std::string_view data) {
  return decode_record(data, "patient_id");
}

}  // namespace ambula::identity::events
