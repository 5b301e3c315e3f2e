#include <algorithm>
#include <array>

#include <ambula/auth/codec.hpp>
#include <ambula/base/text.hpp>
#include <ambula/json/json.hpp>

namespace ambula::auth {
namespace {

using json::Value;

constexpr std::string_view issuer = "ambula";
constexpr std::string_view audience = "ambula";
constexpr std::size_t max_memberships = 64;
constexpr std::size_t max_login_bytes = 320;
constexpr std::size_t max_id_bytes = 128;
constexpr std::size_t max_keys = 16;
// The end of what our times can be (libs/base/time.hpp): the year 2200.
constexpr std::int64_t max_time_s = 7'258'118'400;

const Value* member(const Value& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> text(const Value& object, const char* name, std::size_t max_bytes) {
  const Value* value = member(object, name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const auto& text = value->get_ref<const std::string&>();
  if (text.empty() || text.size() > max_bytes || has_control(text, false)) return std::nullopt;
  return text;
}

bool is_exactly(const Value& object, const char* name, std::string_view expected) {
  const auto found = text(object, name, max_id_bytes);
  return found && *found == expected;
}

std::optional<Uuid> uuid(const Value& object, const char* name) {
  const auto found = text(object, name, 36);
  return found ? Uuid::parse(*found) : std::nullopt;
}

/// Absent is fine, present must be right.
bool optional_uuid(const Value& object, const char* name, std::optional<Uuid>& out) {
  if (member(object, name) == nullptr) return true;
  out = uuid(object, name);
  return out.has_value();
}

std::optional<Instant> seconds(const Value& object, const char* name) {
  const Value* value = member(object, name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() > max_time_s) return std::nullopt;
  const auto at_s = value->get<std::int64_t>();
  if (at_s <= 0 || at_s > max_time_s) return std::nullopt;
  return Instant(std::chrono::seconds(at_s));
}

std::optional<std::vector<Role>> roles(const Value& object) {
  const Value* list = member(object, "r");
  if (list == nullptr || !list->is_array() || list->empty()) return std::nullopt;
  std::vector<Role> roles;
  for (const auto& element : *list) {
    if (!element.is_string()) return std::nullopt;
    const auto role = parse_role(element.get_ref<const std::string&>());
    // A repeated role is not ours either.
    if (!role || std::ranges::find(roles, *role) != roles.end()) return std::nullopt;
    roles.push_back(*role);
  }
  return roles;
}

std::optional<Membership> membership(const Value& object) {
  if (!object.is_object() || object.size() != 2) return std::nullopt;
  const Value* facility = member(object, "f");
  if (facility == nullptr) return std::nullopt;
  Membership membership;
  if (!facility->is_null()) {
    membership.facility_id = uuid(object, "f");
    if (!membership.facility_id || membership.facility_id->is_nil()) return std::nullopt;
  }
  auto held = roles(object);
  if (!held) return std::nullopt;
  membership.roles = std::move(*held);
  return membership;
}

std::optional<std::vector<Membership>> memberships(const Value& object) {
  const Value* list = member(object, "mem");
  if (list == nullptr || !list->is_array() || list->size() > max_memberships) return std::nullopt;
  std::vector<Membership> memberships;
  memberships.reserve(list->size());
  for (const auto& element : *list) {
    auto one = membership(element);
    if (!one) return std::nullopt;
    memberships.push_back(std::move(*one));
  }
  return memberships;
}

/// True only when told so; a token never says false.
bool must_change_password(const Value& object, bool& out) {
  const Value* value = member(object, "mcp");
  if (value == nullptr) return true;
  out = value->is_boolean() && value->get<bool>();
  return out;
}

bool read_times(const Value& object, DecodedClaims& out) {
  const auto issued = seconds(object, "iat");
  const auto expires = seconds(object, "exp");
  if (!issued || !expires || *expires <= *issued) return false;
  out.claims.issued_at = *issued;
  out.claims.expires_at = *expires;
  if (member(object, "nbf") == nullptr) return true;
  out.not_before = seconds(object, "nbf");
  return out.not_before.has_value();
}

std::int64_t to_seconds(Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

Value encode(const Membership& membership) {
  Value object = Value::object();
  object["f"] = json::of(membership.facility_id);
  Value roles = Value::array();
  for (const Role role : membership.roles)
    roles.push_back(json::of(to_string(role)));
  object["r"] = std::move(roles);
  return object;
}

Error bad_jwks(std::string detail) {
  return Error{ErrorKind::internal, "bad-jwks", detail};
}

bool absent_or(const Value& object, const char* name, std::string_view expected) {
  return member(object, name) == nullptr || is_exactly(object, name, expected);
}

std::optional<std::string> coordinate(const Value& object, const char* name) {
  const auto encoded = text(object, name, 43);
  if (!encoded) return std::nullopt;
  auto bytes = base64url_decode(*encoded);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  return bytes;
}

Result<PublicKeySpec> decode_jwk(const Value& object) {
  if (!object.is_object()) return bad_jwks("A key of the set is not an object.");
  if (member(object, "d") != nullptr) return bad_jwks("The set holds a private key.");
  if (!is_exactly(object, "kty", "EC") || !is_exactly(object, "crv", "P-256")) {
    return bad_jwks("A key of the set is not an EC P-256 key.");
  }
  if (!absent_or(object, "use", "sig") || !absent_or(object, "alg", "ES256")) {
    return bad_jwks("A key of the set is for another use or algorithm.");
  }
  auto kid = text(object, "kid", max_id_bytes);
  if (!kid) return bad_jwks("A key of the set has no kid.");
  auto x = coordinate(object, "x");
  auto y = coordinate(object, "y");
  if (!x || !y) return bad_jwks("A key of the set has a bad coordinate.");
  return PublicKeySpec{std::move(*kid), std::move(*x), std::move(*y)};
}

}  // namespace

std::optional<std::string> decode_token_header(std::string_view json) {
  const auto parsed = json::parse(json);
  if (!parsed || !parsed->is_object() || parsed->size() != 3) return std::nullopt;
  if (!is_exactly(*parsed, "alg", "ES256") || !is_exactly(*parsed, "typ", "at+jwt")) {
    return std::nullopt;
  }
  return text(*parsed, "kid", max_id_bytes);
}

std::optional<DecodedClaims> decode_claims(std::string_view json) {
  const auto parsed = json::parse(json);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const Value& object = *parsed;
  if (!is_exactly(object, "iss", issuer) || !is_exactly(object, "aud", audience))
    return std::nullopt;
  const auto account = uuid(object, "sub");
  const auto session = uuid(object, "sid");
  auto login = text(object, "login", max_login_bytes);
  auto member_of = memberships(object);
  if (!account || !session || !login || !member_of || !text(object, "jti", max_id_bytes)) {
    return std::nullopt;
  }
  DecodedClaims decoded;
  Claims& claims = decoded.claims;
  claims.account_id = *account;
  claims.session_id = *session;
  claims.login = std::move(*login);
  claims.memberships = std::move(*member_of);
  if (!optional_uuid(object, "did", claims.doctor_id)) return std::nullopt;
  if (!optional_uuid(object, "pid", claims.patient_id)) return std::nullopt;
  if (!must_change_password(object, claims.must_change_password)) return std::nullopt;
  if (!read_times(object, decoded)) return std::nullopt;
  return decoded;
}

std::string encode_claims(const Claims& claims, std::string_view token_id) {
  Value object = Value::object();
  object["iss"] = json::of(issuer);
  object["aud"] = json::of(audience);
  object["sub"] = json::of(claims.account_id);
  object["sid"] = json::of(claims.session_id);
  object["login"] = json::of(claims.login);
  Value list = Value::array();
  for (const auto& membership : claims.memberships)
    list.push_back(encode(membership));
  object["mem"] = std::move(list);
  json::put(object, "did", claims.doctor_id);
  json::put(object, "pid", claims.patient_id);
  if (claims.must_change_password) object["mcp"] = true;
  object["iat"] = to_seconds(claims.issued_at);
  object["exp"] = to_seconds(claims.expires_at);
  object["jti"] = json::of(token_id);
  return json::dump(object);
}

Result<std::vector<PublicKeySpec>> decode_jwks(std::string_view json) {
  const auto parsed = json::parse(json);
  if (!parsed || !parsed->is_object()) return bad_jwks("The key set is not a JSON object.");
  const Value* list = member(*parsed, "keys");
  if (list == nullptr || !list->is_array()) return bad_jwks("The key set has no list of keys.");
  if (list->empty() || list->size() > max_keys)
    return bad_jwks("The key set must have 1 to 16 keys.");
  std::vector<PublicKeySpec> keys;
  for (const auto& element : *list) {
    auto key = decode_jwk(element);
    if (!key) return std::move(key).error();
    if (std::ranges::find(keys, key->kid, &PublicKeySpec::kid) != keys.end()) {
      return bad_jwks("Two keys of the set have the same kid.");
    }
    keys.push_back(std::move(*key));
  }
  return keys;
}

}  // namespace ambula::auth
