#include "codec.hpp"

#include <array>

#include <ambula/auth/permissions.hpp>
#include <ambula/json/json.hpp>

namespace ambula::identity::api {
namespace {

constexpr json::Text email_rule{.max = 254};
// Longer ones are read, so that they are told the rule instead of a fault of shape.
constexpr json::Text password_rule{.max = 1024};
constexpr json::Text token_rule{.max = 200};
constexpr std::array<std::string_view, 4> sexes{"MALE", "FEMALE", "OTHER", "UNKNOWN"};

void refuse_server_fields(json::Object& body) {
  body.read_only({"id", "version", "created_at", "created_by", "updated_at", "updated_by"});
}

void put_record(json::Value& value, const domain::Record& record) {
  value["version"] = record.version;
  value["created_at"] = json::of(record.created_at);
  value["created_by"] = record.created_by.str();
  value["updated_at"] = json::of(record.updated_at);
  value["updated_by"] = record.updated_by.str();
}

/// A password as it was typed: white space is part of it, so the trimming reader of texts is not
/// used.
std::string password_of(const json::Value& value, json::Object& body, const char* name) {
  (void)body.text(name, password_rule);
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<domain::Membership> memberships_of(json::Object& body) {
  std::vector<domain::Membership> memberships;
  for (auto& object : body.objects("memberships", 0, 64)) {
    domain::Membership membership;
    membership.facility_id = object.optional_uuid("facility_id");
    membership.roles = object.texts("roles", 1, 9, {.max = 40});
    for (std::size_t i = 0; i < membership.roles.size(); ++i) {
      if (auth::parse_role(membership.roles[i])) continue;
      object.fault("roles", i, "choice", "There is no such role.");
    }
    memberships.push_back(std::move(membership));
  }
  return memberships;
}

json::Value to_json(const domain::Account& account) {
  json::Value value;
  value["id"] = account.id.str();
  value["login"] = account.login;
  json::put(value, "email", account.email);
  value["display_name"] = account.display_name;
  value["memberships"] = json::Value::array();
  for (const auto& membership : account.memberships) {
    value["memberships"].push_back(
        {{"facility_id", json::of(membership.facility_id)}, {"roles", membership.roles}});
  }
  value["active"] = account.active;
  value["must_change_password"] = account.must_change_password;
  value["email_verified"] = account.email_verified;
  json::put(value, "doctor_id", account.doctor_id);
  json::put(value, "patient_id", account.patient_id);
  if (account.binding) value["binding"] = to_string(*account.binding);
  put_record(value, account.record);
  return value;
}

/// Reads a whole number of the settings: absent keeps, null is the default again.
void setting(json::Object& body, std::string_view name, int& target, int fallback, int min, int max,
             std::vector<std::string>& changed) {
  if (!body.is_present(name)) return;
  const auto value = body.optional_integer(name, min, max);
  target = value ? static_cast<int>(*value) : fallback;
  changed.push_back("settings." + std::string(name));
}

void read_settings(json::Object& body, domain::FacilitySettings& settings,
                   std::vector<std::string>& changed) {
  const domain::FacilitySettings defaults;
  setting(body, "day_cap", settings.day_cap, defaults.day_cap, 1, 1000, changed);
  setting(body, "urgent_seats", settings.urgent_seats, defaults.urgent_seats, 0, 1000, changed);
  if (body.is_present("desk_may_complete")) {
    settings.desk_may_complete =
        body.optional_boolean("desk_may_complete").value_or(defaults.desk_may_complete);
    changed.emplace_back("settings.desk_may_complete");
  }
  setting(body, "no_show_grace_min", settings.no_show_grace_min, defaults.no_show_grace_min, 0,
          24 * 60, changed);
  setting(body, "max_calls", settings.max_calls, defaults.max_calls, 1, 20, changed);
  setting(body, "staging_factor", settings.staging_factor, defaults.staging_factor, 1, 100,
          changed);
  if (body.is_present("reminders_min")) {
    settings.reminders_min = defaults.reminders_min;
    if (body.has("reminders_min")) {
      settings.reminders_min.clear();
      for (const auto minutes : body.integers("reminders_min", 0, 10, 1, 30 * 24 * 60)) {
        settings.reminders_min.push_back(static_cast<int>(minutes));
      }
    }
    changed.emplace_back("settings.reminders_min");
  }
  setting(body, "prescription_days", settings.prescription_days, defaults.prescription_days, 1,
          3650, changed);
  setting(body, "reservation_h", settings.reservation_h, defaults.reservation_h, 1, 30 * 24,
          changed);
  setting(body, "visitor_days", settings.visitor_days, defaults.visitor_days, 1, 3650, changed);
  if (body.is_present("stock_digest_to")) {
    settings.stock_digest_to = body.has("stock_digest_to")
                                   ? body.texts("stock_digest_to", 0, 20, email_rule)
                                   : std::vector<std::string>{};
    for (std::size_t i = 0; i < settings.stock_digest_to.size(); ++i) {
      if (domain::check_email(settings.stock_digest_to[i], "")) continue;
      body.fault("stock_digest_to", i, "format", "That is no e-mail address.");
    }
    changed.emplace_back("settings.stock_digest_to");
  }
}

json::Value to_json(const domain::FacilitySettings& settings) {
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

/// A required text of a patch: present means set.
void patch_text(json::Object& body, std::string_view name, std::string& target, json::Text rule,
                std::vector<std::string>& changed) {
  if (!body.is_present(name)) return;
  target = body.text(name, rule);
  changed.emplace_back(name);
}

void patch_optional(json::Object& body, std::string_view name, std::optional<std::string>& target,
                    json::Text rule, std::vector<std::string>& changed) {
  if (!body.is_present(name)) return;
  target = body.optional_text(name, rule);
  changed.emplace_back(name);
}

std::string without(json::Value value, const char* secret) {
  value.erase(secret);
  return json::dump(value);
}

std::string spliced(std::string encoded, std::string_view name, const std::string& json_text) {
  encoded.pop_back();
  return encoded + ",\"" + std::string(name) + "\":" + json_text + "}";
}

}  // namespace

Result<SignInInput> decode_sign_in(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  SignInInput input;
  input.login = body.text("login", {.max = 254});
  input.password = password_of(*value, body, "password");
  input.cookie = body.optional_choice("session", {"token", "cookie"}) == std::size_t{1};
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<std::optional<std::string>> decode_refresh(std::string_view text) {
  if (text.empty()) return std::optional<std::string>{};
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto token = body.optional_text("refresh_token", {.max = 400});
  if (auto fault = body.finish()) return *fault;
  return token;
}

Result<SignOutInput> decode_sign_out(std::string_view text) {
  if (text.empty()) return SignOutInput{};
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  SignOutInput input{body.optional_text("refresh_token", {.max = 400}),
                     body.optional_boolean("everywhere").value_or(false)};
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<ChangePasswordInput> decode_change_password(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  ChangePasswordInput input{password_of(*value, body, "current_password"),
                            password_of(*value, body, "new_password")};
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<RegisterInput> decode_register(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  RegisterInput input;
  input.registration.facility_id = body.uuid("facility_id");
  input.registration.email = body.text("email", email_rule);
  input.password = password_of(*value, body, "password");
  auto patient = body.object("patient");
  constexpr json::Text name{.max = 100};
  auto& person = input.registration.person;
  person.given_name = patient.text("given_name", name);
  person.family_name = patient.optional_text("family_name", name);
  person.birth_date = patient.date("birth_date");
  person.sex = sexes[patient.choice("sex", {sexes.begin(), sexes.end()})];
  person.phone = patient.optional_text("phone", {.max = 40});
  if (auto fault = body.finish()) return *fault;
  input.comparable = without(*value, "password");
  return input;
}

Result<std::string> decode_mail_token(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto token = body.text("token", token_rule);
  if (auto fault = body.finish()) return *fault;
  return token;
}

Result<NewPasswordInput> decode_new_password(std::string_view text, const char* password_field) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  NewPasswordInput input{body.text("token", token_rule), password_of(*value, body, password_field)};
  if (auto fault = body.finish()) return *fault;
  return input;
}

Result<std::string> decode_login(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  auto login = body.text("login", {.max = 254});
  if (auto fault = body.finish()) return *fault;
  return login;
}

std::string encode_tokens(const Tokens& tokens, const domain::Account& account) {
  json::Value value;
  value["access_token"] = tokens.access_token;
  value["token_type"] = "Bearer";
  value["expires_in"] = tokens.expires_in_s;
  json::put(value, "refresh_token", tokens.refresh_token);
  value["account"] = to_json(account);
  return json::dump(value);
}

Result<AccountInput> decode_account(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"doctor_id", "patient_id", "binding", "email_verified"});
  AccountInput input;
  auto& account = input.account;
  account.login = body.text("login", {.max = 254});
  account.email = body.optional_text("email", email_rule);
  account.display_name = body.text("display_name");
  account.memberships = memberships_of(body);
  account.active = body.optional_boolean("active").value_or(true);
  if (body.has("password")) input.password = password_of(*value, body, "password");
  // A password of the administrator's choosing may stay; a one-time one never does.
  account.must_change_password =
      body.optional_boolean("must_change_password").value_or(!input.password.has_value());
  if (auto fault = body.finish()) return *fault;
  input.comparable = without(*value, "password");
  return input;
}

Result<std::vector<std::string>> patch_account(std::string_view text, domain::Account& account) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  body.read_only({"active", "must_change_password", "doctor_id", "patient_id", "binding",
                  "email_verified", "password"});
  std::vector<std::string> changed;
  patch_text(body, "login", account.login, {.max = 254}, changed);
  patch_optional(body, "email", account.email, email_rule, changed);
  patch_text(body, "display_name", account.display_name, {}, changed);
  if (body.is_present("memberships")) {
    account.memberships = memberships_of(body);
    changed.emplace_back("memberships");
  }
  if (auto fault = body.finish()) return *fault;
  return changed;
}

std::string encode(const domain::Account& account) {
  return json::dump(to_json(account));
}

std::string with_one_time_password(std::string encoded, std::string_view password) {
  return spliced(std::move(encoded), "one_time_password", json::dump(json::of(password)));
}

std::string with_permissions(std::string encoded, const std::vector<std::string>& permissions) {
  return spliced(std::move(encoded), "permissions", json::dump(json::Value(permissions)));
}

Result<domain::Facility> decode_facility(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  domain::Facility facility;
  facility.code = body.text("code", {.max = 10});
  facility.name = body.text("name");
  facility.zone = body.text("zone", {.max = 60});
  facility.currency = body.text("currency", {.max = 10});
  facility.locale = body.text("locale", {.max = 40});
  facility.address = body.optional_text("address", {.max = 500, .multiline = true});
  facility.phone = body.optional_text("phone", {.max = 40});
  std::vector<std::string> changed;
  if (auto settings = body.optional_object("settings")) {
    read_settings(*settings, facility.settings, changed);
  }
  if (auto fault = body.finish()) return *fault;
  if (auto checked = check_facility(facility); !checked) return checked.error();
  return facility;
}

Result<std::vector<std::string>> patch_facility(std::string_view text, domain::Facility& facility) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  refuse_server_fields(body);
  std::vector<std::string> changed;
  patch_text(body, "code", facility.code, {.max = 10}, changed);
  patch_text(body, "name", facility.name, {}, changed);
  patch_text(body, "zone", facility.zone, {.max = 60}, changed);
  patch_text(body, "currency", facility.currency, {.max = 10}, changed);
  patch_text(body, "locale", facility.locale, {.max = 40}, changed);
  patch_optional(body, "address", facility.address, {.max = 500, .multiline = true}, changed);
  patch_optional(body, "phone", facility.phone, {.max = 40}, changed);
  if (auto settings = body.optional_object("settings")) {
    read_settings(*settings, facility.settings, changed);
  }
  if (auto fault = body.finish()) return *fault;
  if (auto checked = check_facility(facility); !checked) return checked.error();
  return changed;
}

std::string encode(const domain::Facility& facility) {
  json::Value value;
  value["id"] = facility.id.str();
  value["facility_id"] = facility.id.str();
  value["code"] = facility.code;
  value["name"] = facility.name;
  value["zone"] = facility.zone;
  value["currency"] = facility.currency;
  value["locale"] = facility.locale;
  json::put(value, "address", facility.address);
  json::put(value, "phone", facility.phone);
  value["settings"] = to_json(facility.settings);
  put_record(value, facility.record);
  return json::dump(value);
}

std::string encode_public(const domain::Facility& facility) {
  json::Value value;
  value["id"] = facility.id.str();
  value["code"] = facility.code;
  value["name"] = facility.name;
  return json::dump(value);
}

Result<void> decode_nothing(std::string_view text) {
  if (text.empty()) return {};
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object body(*value);
  if (auto fault = body.finish()) return *fault;
  return {};
}

}  // namespace ambula::identity::api
