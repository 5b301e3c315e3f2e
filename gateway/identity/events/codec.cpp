#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::identity::events {
namespace {

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
  const RecordFact fact{object.uuid(id_field), object.optional_uuid("account_id")};
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

Result<RecordFact> decode_doctor(std::string_view data) {
  return decode_record(data, "doctor_id");
}

Result<RecordFact> decode_patient(std::string_view data) {
  return decode_record(data, "patient_id");
}

}  // namespace ambula::identity::events
