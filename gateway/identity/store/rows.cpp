#include "rows.hpp"

#include <ambula/base/text.hpp>

namespace ambula::identity::store {
namespace {

domain::Record to_record(const db::Row& row) {
  return {.version = row.get<std::int64_t>("version"),
          .created_at = row.get<Instant>("created_at"),
          .created_by = row.get<Uuid>("created_by"),
          .updated_at = row.get<Instant>("updated_at"),
          .updated_by = row.get<Uuid>("updated_by")};
}

std::vector<domain::Membership> to_memberships(const db::Row& row) {
  const auto facilities = row.get<std::vector<Uuid>>("facility_ids");
  const auto roles = row.get<std::vector<std::string>>("facility_roles");
  std::vector<domain::Membership> memberships;
  for (std::size_t i = 0; i < facilities.size(); ++i) {
    domain::Membership membership;
    if (!facilities[i].is_nil()) membership.facility_id = facilities[i];
    for (const auto role : split(roles[i], ','))
      membership.roles.emplace_back(role);
    memberships.push_back(std::move(membership));
  }
  return memberships;
}

}  // namespace

domain::Facility to_facility(const db::Row& row) {
  domain::Facility facility;
  facility.id = row.get<Uuid>("id");
  facility.code = row.get<std::string>("code");
  facility.name = row.get<std::string>("name");
  facility.zone = row.get<std::string>("zone");
  facility.currency = row.get<std::string>("currency");
  facility.locale = row.get<std::string>("locale");
  facility.address = row.get<std::optional<std::string>>("address");
  facility.phone = row.get<std::optional<std::string>>("phone");
  auto& settings = facility.settings;
  settings.day_cap = row.get<int>("day_cap");
  settings.urgent_seats = row.get<int>("urgent_seats");
  settings.desk_may_complete = row.get<bool>("desk_may_complete");
  settings.no_show_grace_min = row.get<int>("no_show_grace_min");
  settings.max_calls = row.get<int>("max_calls");
  settings.staging_factor = row.get<int>("staging_factor");
  settings.reminders_min = row.get<std::vector<int>>("reminders_min");
  settings.prescription_days = row.get<int>("prescription_days");
  settings.reservation_h = row.get<int>("reservation_h");
  settings.visitor_days = row.get<int>("visitor_days");
  settings.stock_digest_to = row.get<std::vector<std::string>>("stock_digest_to");
  facility.zone_frozen = row.get<bool>("zone_frozen");
  facility.record = to_record(row);
  return facility;
}

domain::Account to_account(const db::Row& row) {
  domain::Account account;
  account.id = row.get<Uuid>("id");
  account.login = row.get<std::string>("login");
  account.email = row.get<std::optional<std::string>>("email");
  account.display_name = row.get<std::string>("display_name");
  account.memberships = to_memberships(row);
  account.active = row.get<bool>("active");
  account.must_change_password = row.get<bool>("must_change_password");
  account.email_verified = row.get<bool>("email_verified");
  account.doctor_id = row.get<std::optional<Uuid>>("doctor_id");
  account.patient_id = row.get<std::optional<Uuid>>("patient_id");
  if (const auto binding = row.get<std::optional<std::string>>("binding")) {
    account.binding = domain::parse_binding_state(*binding);
  }
  account.record = to_record(row);
  return account;
}

domain::MailToken to_mail_token(const db::Row& row) {
  return {.account_id = row.get<Uuid>("account_id"),
          .kind = domain::parse_mail_kind(row.text("kind")).value_or(domain::MailKind::verify),
          .address = row.get<std::string>("address"),
          .facility_id = row.get<std::optional<Uuid>>("facility_id"),
          .patient_id = row.get<std::optional<Uuid>>("patient_id"),
          .password_hash = row.get<std::optional<std::string>>("password_hash"),
          .person = row.get<std::optional<std::string>>("person"),
          .wished_at = row.get<std::optional<Instant>>("wished_at")};
}

domain::Session to_session(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .account_id = row.get<Uuid>("account_id"),
          .generation = row.get<std::int64_t>("generation"),
          .created_at = row.get<Instant>("created_at"),
          .rotated_at = row.get<Instant>("rotated_at"),
          .ended_at = row.get<std::optional<Instant>>("ended_at"),
          .cookie = row.get<bool>("cookie")};
}

}  // namespace ambula::identity::store
