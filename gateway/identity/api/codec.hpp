#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "identity/domain/account.hpp"
#include "identity/domain/facility.hpp"
#include "identity/domain/registration.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::identity::api {

struct SignInInput {
  std::string login;
  std::string password;
  bool cookie{false};
};
Result<SignInInput> decode_sign_in(std::string_view body);
/// `{refresh_token?}`; an empty body is as good (the cookie has it).
Result<std::optional<std::string>> decode_refresh(std::string_view body);
struct SignOutInput {
  std::optional<std::string> refresh_token;
  bool everywhere{false};
};
Result<SignOutInput> decode_sign_out(std::string_view body);
struct ChangePasswordInput {
  std::string current_password;
  std::string new_password;
};
Result<ChangePasswordInput> decode_change_password(std::string_view body);

struct RegisterInput {
  domain::Registration registration;
  std::string password;
  /// The body without its password, for comparing repeated requests.
  std::string comparable;
};
Result<RegisterInput> decode_register(std::string_view body);
/// `{token}`
Result<std::string> decode_mail_token(std::string_view body);
struct NewPasswordInput {
  std::string token;
  std::string password;
};
/// `{token, <password_field>}`
Result<NewPasswordInput> decode_new_password(std::string_view body, const char* password_field);
/// `{login}`
Result<std::string> decode_login(std::string_view body);

struct Tokens {
  std::string access_token;
  std::int64_t expires_in_s;
  std::optional<std::string> refresh_token;  ///< not in the body when it travels as a cookie
};
std::string encode_tokens(const Tokens& tokens, const domain::Account& account);

struct AccountInput {
  domain::Account account;
  std::optional<std::string> password;
  /// The body without its password, for comparing repeated requests.
  std::string comparable;
};
Result<AccountInput> decode_account(std::string_view body);
/// Merge patch; answers the names of the changed fields.
Result<std::vector<std::string>> patch_account(std::string_view body, domain::Account& account);
std::string encode(const domain::Account& account);
/// `encode` and one more member.
std::string with_one_time_password(std::string encoded, std::string_view password);
std::string with_permissions(std::string encoded, const std::vector<std::string>& permissions);

Result<domain::Facility> decode_facility(std::string_view body);
Result<std::vector<std::string>> patch_facility(std::string_view body, domain::Facility& facility);
std::string encode(const domain::Facility& facility);
/// What anybody may see: id, code, name.
std::string encode_public(const domain::Facility& facility);

/// No members at all; an empty body is as good.
Result<void> decode_nothing(std::string_view body);

}  // namespace ambula::identity::api
