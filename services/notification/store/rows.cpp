#include "rows.hpp"

#include <ambula/base/check.hpp>

namespace ambula::notification::store {
namespace {

using Text = std::optional<std::string>;

/// Only names that we know are ever written to these columns.
template <class Enum>
Enum known(const std::optional<Enum>& value) {
  AMBULA_CHECK(value.has_value());
  return *value;
}

}  // namespace

domain::Message to_message(const db::Row& row) {
  domain::Message message;
  message.id = row.get<Uuid>("id");
  message.facility_id = row.get<Uuid>("facility_id");
  message.template_name = known(domain::parse_template(row.text("template")));
  message.recipient = row.get<std::string>("recipient");
  message.patient_id = row.get<std::optional<Uuid>>("patient_id");
  message.subject_id = row.get<Uuid>("subject_id");
  message.event_id = row.get<Uuid>("event_id");
  message.resend_no = row.get<int>("resend_no");
  message.fact_version = row.get<std::int64_t>("fact_version");
  message.fact_time = row.get<Instant>("fact_time");
  message.language = row.get<std::string>("language");
  message.recipient_masked = row.get<Text>("recipient_masked");
  message.status = known(domain::parse_status(row.text("status")));
  message.attempts = row.get<int>("attempts");
  message.due_at = row.get<Instant>("due_at");
  message.claimed_by = row.get<std::optional<Uuid>>("claimed_by");
  message.claimed_at = row.get<std::optional<Instant>>("claimed_at");
  message.sent_at = row.get<std::optional<Instant>>("sent_at");
  message.reason = row.get<Text>("reason");
  message.resend_reason = row.get<Text>("resend_reason");
  message.version = row.get<std::int64_t>("version");
  message.created_at = row.get<Instant>("created_at");
  message.created_by = row.get<Uuid>("created_by");
  message.updated_at = row.get<Instant>("updated_at");
  message.updated_by = row.get<Uuid>("updated_by");
  return message;
}

domain::Facility to_facility(const db::Row& row) {
  return {row.get<std::string>("name"), row.get<std::string>("zone"),
          row.get<std::string>("locale"), row.get<Text>("phone")};
}

domain::Patient to_patient(const db::Row& row) {
  return {.given_name = row.get<std::string>("given_name"),
          .email = row.get<Text>("email"),
          .language = row.get<std::string>("language"),
          .email_allowed = row.get<bool>("email_allowed"),
          .opt_out = row.get<std::vector<std::string>>("opt_out"),
          .unsubscribed = row.get<bool>("unsubscribed")};
}

domain::Appointment to_appointment(const db::Row& row) {
  return {.status = row.get<std::string>("status"),
          .starts_at = row.get<Instant>("starts_at"),
          .ends_at = row.get<Instant>("ends_at"),
          .notice_version = row.get<std::int64_t>("notice_version"),
          .doctor = row.get<Text>("doctor"),
          .department = row.get<Text>("department")};
}

domain::Prescription to_prescription(const db::Row& row) {
  return {.number = row.get<std::string>("number"),
          .status = row.get<std::string>("status"),
          .expires_on = row.get<Date>("expires_on"),
          .fulfilment_version = row.get<std::int64_t>("fulfilment_version"),
          .doctor = row.get<Text>("doctor")};
}

domain::AccountMail to_account_mail(const db::Row& row) {
  return {row.get<std::string>("address"), row.get<std::string>("language"),
          row.get<std::string>("token"), row.get<Instant>("expires_at")};
}

domain::StockAlert to_stock_alert(const db::Row& row) {
  return {.kind = known(domain::parse_alert_kind(row.text("kind"))),
          .medicine = row.get<std::string>("medicine"),
          .quantity = row.get<std::int64_t>("quantity"),
          .minimum_level = row.get<std::int64_t>("minimum_level"),
          .lot_number = row.get<std::string>("lot_number"),
          .expires_on = row.get<std::optional<Date>>("expires_on")};
}

domain::OwnWording to_wording(const db::Row& row) {
  domain::OwnWording own;
  own.subject = row.get<std::string>("subject");
  own.body = row.get<std::string>("body");
  own.version = row.get<std::int64_t>("version");
  own.created_at = row.get<Instant>("created_at");
  own.created_by = row.get<Uuid>("created_by");
  own.updated_at = row.get<Instant>("updated_at");
  own.updated_by = row.get<Uuid>("updated_by");
  return own;
}

}  // namespace ambula::notification::store
