#include "render.hpp"

#include <ambula/base/check.hpp>
#include <ambula/base/text.hpp>
#include <ambula/base/zone.hpp>
#include <fmt/format.h>

#include "calendar.hpp"
#include "page.hpp"
#include "templates.hpp"

namespace ambula::notification::mail {
namespace {

using namespace std::chrono_literals;
using domain::Subject;
using domain::Template;

constexpr std::string_view link_tag = "{{link}}";

std::vector<std::string_view> paragraphs_of(std::string_view text) {
  std::vector<std::string_view> paragraphs;
  while (!text.empty()) {
    const auto end = text.find("\n\n");
    if (const auto one = trim(text.substr(0, end)); !one.empty()) paragraphs.push_back(one);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 2);
  }
  return paragraphs;
}

std::string_view action_of(Template name, std::string_view language) {
  const auto index =
      static_cast<std::size_t>(name) - static_cast<std::size_t>(Template::account_verify);
  return frame(language).actions[std::min<std::size_t>(index, 2)];
}

/// Wordings are plain text, a facility's own as well; what stands between the braces has no such
/// character.
std::string escaped(std::string_view wording) {
  std::string html;
  for (const char c : wording) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

/// Paragraphs of the template become paragraphs of the page, its lines lines, a lone link a button;
/// a value cannot make any of them.
std::string body_html(Template name, std::string_view language, std::string_view body,
                      const Values& values) {
  std::string html;
  for (const auto paragraph : paragraphs_of(body)) {
    html += paragraph == link_tag
                ? button(fill(link_tag, values, Escape::html), action_of(name, language))
                : lines_html(fill(escaped(paragraph), values, Escape::html));
  }
  return html;
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
          .cancelled = message.template_name == Template::appointment_cancelled,
          .summary = std::move(title),
          .organizer = sender.from.address,
          .organizer_name = facts.facility->name,
          .attendee = facts.patient->email.value_or("")};
}

}  // namespace

domain::Wording our_wording(Template name, std::string_view language) {
  const auto ours = words(name, language);
  return {std::string(ours.subject), std::string(ours.body)};
}

Content render(Template name, std::string_view language, const Values& values,
               const Letter& letter) {
  const auto& around = frame(language);
  Content content;
  content.language = language;
  content.unsubscribe_url = letter.unsubscribe_url;
  content.subject = one_line(fill(letter.wording.subject, values, Escape::none));
  std::string text = fill(letter.wording.body, values, Escape::none) + "\n\n-- \n" +
                     fill(around.footer, values, Escape::none) + "\n";
  std::string foot = lines_html(fill(escaped(around.footer), values, Escape::html));
  if (!letter.unsubscribe_url.empty()) {
    text += "\n" + std::string(around.unsubscribe) + ":\n" + letter.unsubscribe_url + "\n";
    foot += anchor(letter.unsubscribe_url, around.unsubscribe);
  }
  content.text = crlf(text);
  content.html = page_html({.language = language,
                            .title = fill("{{facility}}", values, Escape::html),
                            .body = body_html(name, language, letter.wording.body, values),
                            .foot = foot});
  return content;
}

Content render(const domain::Message& message, const domain::Facts& facts, const Sender& sender,
               const Letter& letter) {
  AMBULA_CHECK(facts.appointment || facts.prescription || facts.account || facts.stock);
  const auto values = values_of(message, facts, sender.public_url);
  auto content = render(message.template_name, message.language, values, letter);
  // A reminder's visit is in the calendar since its booking.
  if (facts.appointment && message.template_name != Template::appointment_reminder) {
    const auto entry = entry_of(message, facts, sender,
                                fill(frame(message.language).calendar_title, values, Escape::none));
    content.calendar = to_ical(entry);
    content.calendar_method = method_of(entry);
  }
  return content;
}

Values sample_values(Template name, std::string_view language, const domain::Facility& facility,
                     const Sender& sender, Instant now) {
  domain::Message message;
  message.template_name = name;
  message.language = language;
  message.fact_time = now;
  const auto hour = std::chrono::floor<std::chrono::hours>(now);
  domain::Facts facts;
  facts.facility = facility;
  switch (subject_of(name)) {
    case Subject::appointment:
      facts.patient = {"Asha", std::nullopt, "", true, {}};
      facts.appointment = {"BOOKED", hour + 48h, hour + 49h, 0, "Dr. Nila Sample", "Cardiology"};
      break;
    case Subject::prescription:
      facts.patient = {"Asha", std::nullopt, "", true, {}};
      facts.prescription = {"RX-0000042", "ISSUED", local_date(facility.zone, now + 90 * 24h), 0,
                            "Dr. Nila Sample"};
      break;
    case Subject::account:
      facts.account = {"", "", "example", hour + 24h};
      break;
    case Subject::stock:
      facts.stock = {
          "",
          true,
          {{domain::StockAlert::Kind::out, "Examplicillin 500 mg capsule", 0, 50, "", {}},
           {domain::StockAlert::Kind::low, "Samplamol 250 mg tablet", 12, 40, "", {}},
           {domain::StockAlert::Kind::expiring, "Testazol 10 mg tablet", 30, 0, "L-42",
            local_date(facility.zone, now + 30 * 24h)}}};
      break;
  }
  return values_of(message, facts, sender.public_url);
}

std::string unsubscribe_html(std::string_view language, std::string_view facility, bool done) {
  const auto& page = unsubscribe_page(language);
  const Values values{{"facility", one_line(facility)}};
  const auto said = lines_html(fill(done ? page.done : page.question, values, Escape::html));
  return page_html({.language = language,
                    .title = fill(page.title, values, Escape::html),
                    .body = done ? said : said + form_button(page.button),
                    .foot = ""});
}

}  // namespace ambula::notification::mail
