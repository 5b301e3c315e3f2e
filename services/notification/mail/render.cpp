#include "render.hpp"

#include <kainjow/mustache.hpp>

#include <ambula/base/check.hpp>
#include <ambula/base/zone.hpp>
#include <fmt/format.h>

#include "calendar.hpp"
#include "templates.hpp"

namespace ambula::notification::mail {
namespace {

namespace mustache = kainjow::mustache;

struct Names {
  std::string_view days[7];
  std::string_view months[12];
};
constexpr Names english = {
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"}};
constexpr Names german = {
    {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
    {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
     "November", "Dezember"}};
constexpr Names hindi = {{"रविवार", "सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार"},
                         {"जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर",
                          "अक्टूबर", "नवंबर", "दिसंबर"}};

std::string format_day(std::string_view language, Date date) {
  const auto& names = language == "de" ? german : language == "hi" ? hindi : english;
  const auto day = names.days[std::chrono::weekday(std::chrono::sys_days(date)).c_encoding()];
  const auto month = names.months[static_cast<unsigned>(date.month()) - 1];
  const auto number = static_cast<unsigned>(date.day());
  const auto year = static_cast<int>(date.year());
  if (language == "de") return fmt::format("{}, {}. {} {}", day, number, month, year);
  return fmt::format("{}, {} {} {}", day, number, month, year);
}

mustache::data values(const domain::Message& message, const domain::Facts& facts) {
  mustache::data data;
  const auto put = [&](const char* name, std::string_view value) {
    data.set(name, one_line(value));
  };
  const auto put_known = [&](const char* name, const std::optional<std::string>& value) {
    if (value) put(name, *value);
  };
  put("given_name", facts.patient->given_name);
  put("facility", facts.facility->name);
  if (facts.appointment) {
    const auto& zone = facts.facility->zone;
    put("date", format_day(message.language, local_date(zone, facts.appointment->starts_at)));
    put("time", format_local_minutes(local_minutes(zone, facts.appointment->starts_at)));
    put_known("doctor", facts.appointment->doctor);
    put_known("department", facts.appointment->department);
  }
  if (facts.prescription) {
    put("number", facts.prescription->number);
    put("expires_on", format_day(message.language, facts.prescription->expires_on));
    put_known("doctor", facts.prescription->doctor);
  }
  return data;
}

enum class Escape { none, html };

/// The templates are ours and tested; one that does not parse stops the process at its first test.
std::string fill(std::string_view text, const mustache::data& data, Escape escape) {
  mustache::mustache view{std::string(text)};
  AMBULA_CHECK(view.is_valid());
  if (escape == Escape::none)
    view.set_custom_escape([](const std::string& value) { return value; });
  return view.render(data);
}

/// Paragraphs of the template become paragraphs of the page; a name cannot make one.
std::string paragraphs(std::string_view text, const mustache::data& data) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find("\n\n");
    out += "<p>" + fill(text.substr(0, end), data, Escape::html) + "</p>\n";
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 2);
  }
  return out;
}

std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

CalendarEntry entry_of(const domain::Message& message, const domain::Facts& facts,
                       const Sender& sender, std::string title) {
  return {.appointment_id = message.subject_id,
          .sequence = message.fact_version - 1,
          .time = {facts.appointment->starts_at, facts.appointment->ends_at},
          .stamp = message.fact_time,
          .cancelled = message.template_name == domain::Template::appointment_cancelled,
          .summary = std::move(title),
          .organizer = sender.from.address,
          .organizer_name = facts.facility->name,
          .attendee = facts.patient->email.value_or("")};
}

}  // namespace

Content render(const domain::Message& message, const domain::Facts& facts, const Sender& sender) {
  AMBULA_CHECK(facts.facility && facts.patient && (facts.appointment || facts.prescription));
  const auto data = values(message, facts);
  const auto words = mail::words(message.template_name, message.language);
  const auto foot = footer(message.language);
  Content content;
  content.language = message.language;
  content.subject = fill(words.subject, data, Escape::none);
  content.text = crlf(fill(words.body, data, Escape::none) + "\n\n-- \n" +
                      fill(foot, data, Escape::none) + "\n");
  content.html = "<!DOCTYPE html>\n<html lang=\"" + message.language +
                 "\"><head><meta charset=\"utf-8\"></head>\n<body>\n" +
                 paragraphs(words.body, data) + "<hr>\n" + paragraphs(foot, data);
  if (!sender.public_url.empty()) {
    content.text += crlf(sender.public_url + "\n");
    mustache::data link;
    link.set("url", sender.public_url);
    content.html += fill("<p><a href=\"{{url}}\">{{url}}</a></p>\n", link, Escape::html);
  }
  content.html += "</body></html>\n";
  if (facts.appointment) {
    const auto entry = entry_of(message, facts, sender,
                                fill(calendar_title(message.language), data, Escape::none));
    content.calendar = to_ical(entry);
    content.calendar_method = method_of(entry);
  }
  return content;
}

}  // namespace ambula::notification::mail
