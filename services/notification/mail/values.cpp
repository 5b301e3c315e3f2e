#include "values.hpp"

#include <kainjow/mustache.hpp>

#include <ambula/base/check.hpp>
#include <ambula/base/zone.hpp>
#include <fmt/format.h>

#include "mime.hpp"
#include "templates.hpp"

namespace ambula::notification::mail {
namespace {

namespace mustache = kainjow::mustache;
using domain::Template;

constexpr std::size_t alerts_max = 200;
constexpr std::string_view no_facility = "Ambula";

struct Names {
  std::string_view days[7];
  std::string_view months[12];
};
constexpr Names english_names = {
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"}};
constexpr Names german_names = {
    {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
    {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
     "November", "Dezember"}};
constexpr Names hindi_names = {{"रविवार", "सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार"},
                               {"जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त",
                                "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"}};

/// Hindi says morning, afternoon, evening or night, and counts to twelve.
std::string_view hindi_part_of_day(int hour) {
  if (hour < 4 || hour >= 20) return "रात";
  if (hour < 12) return "सुबह";
  return hour < 16 ? "दोपहर" : "शाम";
}

/// "Monday, 30 November 2026, 16:00 Uhr". Accounts without a facility have no zone.
std::string format_until(std::string_view language, std::string_view zone, Instant at) {
  const auto day = format_day(language, local_date(zone.empty() ? "UTC" : zone, at));
  const auto time = format_time(language, local_minutes(zone.empty() ? "UTC" : zone, at));
  const auto* word = language == "de" ? " Uhr" : language == "hi" ? " बजे" : "";
  return fmt::format("{}, {}{}{}", day, time, word, zone.empty() ? " UTC" : "");
}

std::string items_of(const domain::StockDigest& digest, std::string_view language) {
  const auto& words = frame(language);
  std::string items;
  for (std::size_t i = 0; i < digest.alerts.size() && i < alerts_max; ++i) {
    const auto& alert = digest.alerts[i];
    Values values{{"medicine", one_line(alert.medicine)},
                  {"quantity", std::to_string(alert.quantity)},
                  {"minimum", std::to_string(alert.minimum_level)},
                  {"lot", one_line(alert.lot_number)}};
    if (alert.expires_on) values["expires_on"] = format_day(language, *alert.expires_on);
    items += (items.empty() ? "- " : "\n- ") +
             fill(words.alerts[static_cast<std::size_t>(alert.kind)], values, Escape::none);
  }
  if (digest.alerts.size() > alerts_max) items += "\n- " + std::string(words.more_alerts);
  return items;
}

}  // namespace

std::string format_day(std::string_view language, Date date) {
  const auto& names = language == "de"   ? german_names
                      : language == "hi" ? hindi_names
                                         : english_names;
  const auto day = names.days[std::chrono::weekday(std::chrono::sys_days(date)).c_encoding()];
  const auto month = names.months[static_cast<unsigned>(date.month()) - 1];
  const auto number = static_cast<unsigned>(date.day());
  const auto year = static_cast<int>(date.year());
  if (language == "de") return fmt::format("{}, {}. {} {}", day, number, month, year);
  return fmt::format("{}, {} {} {}", day, number, month, year);
}

std::string format_time(std::string_view language, LocalMinutes minutes) {
  if (language != "hi") return format_local_minutes(minutes);
  const int hour = minutes.count() / 60;
  return fmt::format("{} {}:{:02}", hindi_part_of_day(hour), (hour + 11) % 12 + 1,
                     minutes.count() % 60);
}

std::string link_of(Template name, std::string_view public_url, std::string_view token) {
  const auto* page = name == Template::account_verify   ? "/verify-email"
                     : name == Template::account_invite ? "/accept-invite"
                                                        : "/reset-password";
  return std::string(public_url) + page + "#token=" + std::string(token);
}

Values values_of(const domain::Message& message, const domain::Facts& facts,
                 std::string_view public_url) {
  Values values;
  const auto put = [&](const char* name, const std::optional<std::string>& value) {
    if (value) values[name] = one_line(*value);
  };
  const auto& language = message.language;
  const std::string_view zone = facts.facility ? facts.facility->zone : std::string_view{};
  put("facility", facts.facility ? facts.facility->name : std::string(no_facility));
  if (facts.facility) put("phone", facts.facility->phone);
  if (facts.patient) put("given_name", facts.patient->given_name);
  if (facts.appointment) {
    put("date", format_day(language, local_date(zone, facts.appointment->starts_at)));
    put("time", format_time(language, local_minutes(zone, facts.appointment->starts_at)));
    put("doctor", facts.appointment->doctor);
    put("department", facts.appointment->department);
  }
  if (facts.prescription) {
    put("number", facts.prescription->number);
    put("expires_on", format_day(language, facts.prescription->expires_on));
    put("doctor", facts.prescription->doctor);
  }
  if (facts.account) {
    put("link", link_of(message.template_name, public_url, facts.account->token));
    put("until", format_until(language, zone, facts.account->expires_at));
  }
  if (facts.stock) {
    put("date", format_day(language, local_date(zone, message.fact_time)));
    values["items"] = items_of(*facts.stock, language);
  }
  return values;
}

/// Ours are tested and a facility's own are checked when they are saved (domain::check); one that
/// does not parse stops the process.
std::string fill(std::string_view text, const Values& values, Escape escape) {
  mustache::data data;
  for (const auto& [name, value] : values)
    data.set(name, value);
  mustache::mustache view{std::string(text)};
  AMBULA_CHECK(view.is_valid());
  if (escape == Escape::none)
    view.set_custom_escape([](const std::string& value) { return value; });
  return view.render(data);
}

}  // namespace ambula::notification::mail
