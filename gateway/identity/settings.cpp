#include "settings.hpp"

namespace ambula::identity {
namespace {

using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

bool is_loopback(std::string_view url) {
  return url.starts_with("http://127.") || url.starts_with("http://localhost") ||
         url.starts_with("http://[::1]");
}

seconds duration(config::Reader& reader, std::string_view key, std::string_view about,
                 seconds fallback, seconds max) {
  return seconds(reader.integer(key, about, fallback.count(), 10, max.count()));
}

}  // namespace

Settings read_settings(config::Reader& reader) {
  Settings settings;
  settings.signing_key_file = reader.required(
      "AMBULA_SIGNING_KEY_FILE", "PEM file with the P-256 private key that signs tokens",
      "/etc/ambula/keys/signing.pem");
  settings.old_signing_key_file =
      reader.text("AMBULA_OLD_SIGNING_KEY_FILE", "the key before, while rotating", "");
  settings.session.access_token =
      duration(reader, "AMBULA_ACCESS_TOKEN_S", "life of an access token, in seconds",
               settings.session.access_token, minutes(15));
  settings.session.idle =
      duration(reader, "AMBULA_SESSION_IDLE_S", "a sign-in ends without a refresh for so long",
               settings.session.idle, hours(24 * 30));
  settings.session.absolute = duration(reader, "AMBULA_SESSION_ABSOLUTE_S",
                                       "a sign-in ends after so long, whatever happened",
                                       settings.session.absolute, hours(24 * 90));
  settings.backoff.free_tries *= reader.number(
      "AMBULA_GATEWAY_RATE_LIMIT_SCALE", "multiplies every rate limit; 0 = none", 1, 0, 1'000'000);
  settings.secure_cookie =
      !is_loopback(reader.text("AMBULA_PUBLIC_URL", "address people use", "http://127.0.0.1:8080"));
  settings.demo_password = reader.secret(
      "AMBULA_DEMO_PASSWORD", "password of the first administrator of a demo installation");
  auto& first = settings.first_facility;
  first.code =
      reader.text("AMBULA_FIRST_FACILITY_CODE", "first start: the facility's code", "MAIN");
  first.name = reader.text("AMBULA_FIRST_FACILITY_NAME", "first start: its name", "Main Clinic");
  first.zone = reader.text("AMBULA_FIRST_FACILITY_ZONE", "first start: its IANA time zone", "UTC");
  first.currency =
      reader.text("AMBULA_FIRST_FACILITY_CURRENCY", "first start: its ISO 4217 currency", "EUR");
  first.locale = reader.text("AMBULA_FIRST_FACILITY_LOCALE", "first start: its language tag", "en");
  return settings;
}

}  // namespace ambula::identity
