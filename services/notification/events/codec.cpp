#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::notification::events {
namespace {

constexpr json::Text name_rule{.max = 1000};
constexpr std::size_t list_max = 100;
constexpr std::int64_t reminder_minutes_max = 366 * 24 * 60;
constexpr std::int64_t quantity_max = std::int64_t{1} << 53;

const std::vector<std::string_view> mail_kinds = {"VERIFY", "INVITE", "RESET"};
constexpr domain::Template mail_templates[] = {domain::Template::account_verify,
                                               domain::Template::account_invite,
                                               domain::Template::account_reset};

/// Events of neighbours may have members that we do not know: they are not read.
template <class Read>
auto decode(std::string_view data, Read read)
    -> Result<decltype(read(std::declval<json::Object&>()))> {
  const auto value = json::parse(data);
  if (!value) return value.error();
  json::Object object(*value);
  auto fact = read(object);
  if (auto fault = object.finish_known()) return *fault;
  return fact;
}

void read_preferences(json::Object& object, PatientFact& fact) {
  auto preferences = object.object("preferences");
  fact.language = preferences.text("language");
  if (auto channels = preferences.optional_object("channels")) {
    fact.email_allowed = channels->optional_boolean("email").value_or(true);
  }
  if (preferences.has("opt_out")) fact.opt_out = preferences.texts("opt_out", 0, 100);
}

/// "Examplicillin 500 mg capsule"
std::string read_medicine(json::Object& object) {
  auto medicine = object.object("medicine");
  auto text = medicine.text("name", name_rule);
  for (const auto* part : {"strength", "form"}) {
    if (const auto more = medicine.optional_text(part, name_rule)) text += " " + *more;
  }
  return text;
}

}  // namespace

std::string encode_message(const domain::Message& message) {
  json::Value value;
  value["message_id"] = message.id.str();
  if (!message.facility_id.is_nil()) value["facility_id"] = message.facility_id.str();
  value["template"] = to_string(message.template_name);
  value["channel"] = "EMAIL";
  json::put(value, "patient_id", message.patient_id);
  value["event_id"] = message.event_id.str();
  value["resend_no"] = message.resend_no;
  json::put(value, "reason", message.reason);
  return json::dump(value);
}

Result<FacilityFact> decode_facility(std::string_view data) {
  return decode(data, [](json::Object& object) {
    FacilityFact fact;
    fact.id = object.uuid("facility_id");
    fact.name = object.text("name", name_rule);
    fact.zone = object.text("zone");
    fact.locale = object.text("locale");
    fact.phone = object.optional_text("phone", name_rule);
    auto settings = object.object("settings");
    for (const auto minutes :
         settings.integers("reminders_min", 0, list_max, 1, reminder_minutes_max))
      fact.reminders_min.push_back(static_cast<int>(minutes));
    fact.stock_digest_to = settings.texts("stock_digest_to", 0, list_max, name_rule);
    return fact;
  });
}

Result<PatientFact> decode_patient(std::string_view data) {
  return decode(data, [](json::Object& object) {
    PatientFact fact;
    fact.id = object.uuid("patient_id");
    fact.given_name = object.text("given_name", name_rule);
    fact.email = object.optional_text("email", name_rule);
    read_preferences(object, fact);
    return fact;
  });
}

Result<NameFact> decode_doctor(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return NameFact{object.uuid("doctor_id"), object.text("display_name", name_rule)};
  });
}

Result<NameFact> decode_department(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return NameFact{object.uuid("department_id"), object.text("name", name_rule)};
  });
}

Result<AppointmentFact> decode_appointment(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return AppointmentFact{.id = object.uuid("appointment_id"),
                           .patient_id = object.uuid("patient_id"),
                           .doctor_id = object.uuid("doctor_id"),
                           .department_id = object.uuid("department_id"),
                           .starts_at = object.instant("starts_at"),
                           .ends_at = object.instant("ends_at"),
                           .status = object.text("status")};
  });
}

Result<PrescriptionFact> decode_prescription(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return PrescriptionFact{.id = object.uuid("prescription_id"),
                            .patient_id = object.optional_uuid("patient_id"),
                            .doctor_id = object.uuid("doctor_id"),
                            .number = object.text("number"),
                            .status = object.text("status"),
                            .expires_on = object.date("expires_on")};
  });
}

Result<AccountMailFact> decode_account_mail(std::string_view data) {
  return decode(data, [](json::Object& object) {
    AccountMailFact fact;
    fact.account_id = object.uuid("account_id");
    fact.facility_id = object.optional_uuid("facility_id").value_or(Uuid{});
    fact.template_name = mail_templates[object.choice("kind", mail_kinds)];
    fact.mail = {object.text("address", name_rule), object.text("language"),
                 object.text("token", name_rule), object.instant("expires_at")};
    return fact;
  });
}

Result<StockLevelFact> decode_stock_level(std::string_view data) {
  return decode(data, [](json::Object& object) {
    return StockLevelFact{.medicine_id = object.uuid("medicine_id"),
                          .medicine = read_medicine(object),
                          .available = object.integer("available", 0, quantity_max),
                          .minimum_level = object.integer("minimum_level", 0, quantity_max)};
  });
}

Result<StockLotFact> decode_stock_lot(std::string_view data) {
  return decode(data, [](json::Object& object) {
    const auto within = object.optional_integer("within_days", 0, 100'000);
    return StockLotFact{
        .medicine_id = object.uuid("medicine_id"),
        .medicine = read_medicine(object),
        .lot_id = object.uuid("lot_id"),
        .lot_number = object.text("lot_number", name_rule),
        .expires_on = object.date("expires_on"),
        .on_hand = object.integer("on_hand", 0, quantity_max),
        .within_days = within ? std::optional(static_cast<int>(*within)) : std::nullopt};
  });
}

Result<Uuid> decode_dispense(std::string_view data) {
  return decode(data, [](json::Object& object) { return object.uuid("prescription_id"); });
}

}  // namespace ambula::notification::events
