#include "password_rules.hpp"

#include <algorithm>
#include <string>

#include <ambula/base/text.hpp>

namespace ambula::identity::domain {
namespace {

// The stems of the most used passwords. Shorter ones fail by length; people pad these, so a
// password that is a stem and nothing but digits and punctuation around it is refused too, and so
// is one whose letters were exchanged for the signs that look like them.
constexpr std::string_view common_stems[] = {"password",
                                             "passwort",
                                             "passw0rd",
                                             "p@ssw0rd",
                                             "p@ssword",
                                             "motdepasse",
                                             "contrasena",
                                             "qwerty",
                                             "qwertyuiop",
                                             "qwerty123",
                                             "azerty",
                                             "azertyuiop",
                                             "asdfghjkl",
                                             "asdfgh",
                                             "zxcvbnm",
                                             "1q2w3e4r",
                                             "1q2w3e4r5t",
                                             "1qaz2wsx",
                                             "qazwsx",
                                             "qazwsxedc",
                                             "q1w2e3r4",
                                             "abcdefghij",
                                             "abcdefgh",
                                             "abcdef",
                                             "abc",
                                             "letmein",
                                             "welcome",
                                             "welcometo",
                                             "iloveyou",
                                             "sunshine",
                                             "princess",
                                             "football",
                                             "baseball",
                                             "superman",
                                             "batman",
                                             "starwars",
                                             "trustno",
                                             "monkey",
                                             "dragon",
                                             "master",
                                             "michael",
                                             "jennifer",
                                             "computer",
                                             "internet",
                                             "administrator",
                                             "admin",
                                             "root",
                                             "changeme",
                                             "changeit",
                                             "default",
                                             "secret",
                                             "topsecret",
                                             "test",
                                             "testtest",
                                             "hospital",
                                             "clinic",
                                             "doctor",
                                             "nurse",
                                             "pharmacy",
                                             "patient",
                                             "medicine",
                                             "health",
                                             "healthcare",
                                             "ambula",
                                             "summer",
                                             "winter",
                                             "spring",
                                             "autumn",
                                             "monday",
                                             "tuesday",
                                             "wednesday",
                                             "thursday",
                                             "friday",
                                             "saturday",
                                             "sunday",
                                             "january",
                                             "february",
                                             "march",
                                             "april",
                                             "june",
                                             "july",
                                             "august",
                                             "september",
                                             "october",
                                             "november",
                                             "december",
                                             "login",
                                             "guest",
                                             "user",
                                             "username",
                                             "hello",
                                             "helloworld",
                                             "whatever",
                                             "freedom",
                                             "shadow",
                                             "ashley",
                                             "charlie",
                                             "daniel",
                                             "jessica",
                                             "liverpool",
                                             "chelsea",
                                             "arsenal",
                                             "barcelona",
                                             "pokemon",
                                             "naruto",
                                             "minecraft",
                                             "samsung",
                                             "google",
                                             "facebook",
                                             "linkedin",
                                             "microsoft",
                                             "windows",
                                             "blink",
                                             "ninja",
                                             "mustang",
                                             "cheese",
                                             "chocolate",
                                             "flower",
                                             "lovely",
                                             "loveme",
                                             "iloveu",
                                             "mylove",
                                             "forever",
                                             "family",
                                             "jesus",
                                             "jesuschrist",
                                             "blessed",
                                             "angel",
                                             "killer",
                                             "hunter",
                                             "soccer",
                                             "hockey",
                                             "cricket",
                                             "india",
                                             "indiaindia",
                                             "sachin",
                                             "krishna",
                                             "ganesh",
                                             "hallo",
                                             "hallowelt",
                                             "geheim",
                                             "schatz",
                                             "sommer",
                                             "fruehling",
                                             "herbst",
                                             "kennwort",
                                             "azertyuiopq",
                                             "qwertzuiop",
                                             "qwertz",
                                             "asdfasdf",
                                             "zaqwsx",
                                             "zaq1zaq1",
                                             "q1w2e3r4t5",
                                             "1q2w3e4r5t6y",
                                             "qweasdzxc",
                                             "qweqweqwe",
                                             "passpass",
                                             "pass",
                                             "passphrase",
                                             "mypassword",
                                             "newpassword",
                                             "oldpassword",
                                             "temppassword",
                                             "temporary",
                                             "qwertyqwerty",
                                             "letmeinplease",
                                             "opensesame",
                                             "trustno1",
                                             "superadmin",
                                             "sysadmin",
                                             "administrador",
                                             "klinik",
                                             "krankenhaus",
                                             "arzt",
                                             "doktor",
                                             "reception",
                                             "receptionist",
                                             "pharmacist",
                                             "appointment",
                                             "welcomeback",
                                             "supersecret",
                                             "verysecret",
                                             "correcthorsebatterystaple",
                                             "correct horse battery staple"};

bool is_letter_like(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Without the digits and punctuation around it.
std::string_view core_of(std::string_view text) {
  while (!text.empty() && !is_letter_like(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && !is_letter_like(text.back()))
    text.remove_suffix(1);
  return text;
}

/// "p4$$w0rd" reads as "password".
std::string read_leet(std::string_view text) {
  constexpr std::string_view signs = "0134579@$!";
  constexpr std::string_view letters = "oieastgasi";
  std::string plain(text);
  for (char& c : plain) {
    const auto at = signs.find(c);
    if (at != std::string_view::npos) c = letters[at];
  }
  return plain;
}

bool is_common(std::string_view lower) {
  const auto core = core_of(lower);
  const auto leet = read_leet(core);
  const auto is = [&](std::string_view stem) {
    return stem == lower || stem == core || stem == leet;
  };
  return std::ranges::any_of(common_stems, is);
}

/// "aaaaaaaaaa", "1234567890", "abababababab": a short unit repeated, or a run.
bool is_monotonous(std::string_view text) {
  for (std::size_t unit = 1; unit <= 3; ++unit) {
    bool repeats = true;
    for (std::size_t i = unit; i < text.size() && repeats; ++i)
      repeats = text[i] == text[i - unit];
    if (repeats) return true;
  }
  for (const int step : {1, -1}) {
    bool runs = true;
    for (std::size_t i = 1; i < text.size() && runs; ++i) {
      const int expected = text[i - 1] + step;
      // A keyboard's digits go on with 0 behind 9.
      runs = text[i] == expected || (step == 1 && text[i - 1] == '9' && text[i] == '0');
    }
    if (runs) return true;
  }
  return false;
}

}  // namespace

Result<void> check_password(std::string_view password,
                            const std::vector<std::string_view>& own_words,
                            std::string_view pointer) {
  if (password.size() > password_max_bytes) {
    return rule_broken("password-too-long", "The password may have at most 128 bytes.", pointer);
  }
  if (!is_utf8(password) || code_points(password) < password_min_code_points) {
    return rule_broken("weak-password", "The password needs at least 10 characters.", pointer);
  }
  const auto lower = to_lower_ascii(password);
  if (is_common(lower) || is_monotonous(lower)) {
    return rule_broken("weak-password", "The password is one of the first that are tried.",
                       pointer);
  }
  for (const auto word : own_words) {
    if (!word.empty() &&
        (lower == to_lower_ascii(word) || core_of(lower) == core_of(to_lower_ascii(word)))) {
      return rule_broken("weak-password", "The password must not be the account's own name.",
                         pointer);
    }
  }
  return {};
}

}  // namespace ambula::identity::domain
