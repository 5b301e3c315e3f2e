#include "render.hpp"

#include <libical/ical.h>
#include <memory>

#include <ambula/base/text.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calendar.hpp"

// What patients read, in three languages, whatever stands in the names [NOT-1, NOT-5, NOT-6].
namespace ambula::notification::mail::render_test {

using domain::Template;
using ::testing::HasSubstr;
using ::testing::Not;

const Sender sender{{"Ambula", "no-reply@ambula.example"}, "https://ambula.example"};
const Instant now = *parse_instant("2026-11-24T09:00:00Z");
const std::vector<std::string> languages = {"en", "hi", "de"};

std::vector<Template> all() {
  std::vector<Template> names;
  for (std::size_t i = 0; i < domain::template_names().size(); ++i)
    names.push_back(static_cast<Template>(i));
  return names;
}

domain::Message message(Template name, const std::string& language = "en") {
  const domain::Intent intent{.facility_id = Uuid::make(),
                              .template_name = name,
                              .recipient = "someone",
                              .patient_id = std::nullopt,
                              .subject_id = Uuid::make(),
                              .event_id = Uuid::make(),
                              .fact_version = 3,
                              .fact_time = now};
  auto made = message_of(intent, Uuid::make(), now);
  made.language = language;
  return made;
}

domain::Facts facts(Template name) {
  domain::Facts made;
  made.facility = {"Ambula Example Clinic", "Asia/Kolkata", "en-IN", "+91 20 0000 0000"};
  const auto patient = domain::Patient{"Asha", "asha@mail.example", "en", true, {}};
  switch (subject_of(name)) {
    case domain::Subject::appointment:
      made.patient = patient;
      made.appointment = domain::Appointment{"BOOKED",
                                             *parse_instant("2026-11-30T04:00:00Z"),
                                             *parse_instant("2026-11-30T04:15:00Z"),
                                             3,
                                             "Dr. Nila Sample",
                                             "Cardiology"};
      break;
    case domain::Subject::prescription:
      made.patient = patient;
      made.prescription = domain::Prescription{"AMB-RX-0000042", "ISSUED",
                                               *parse_date("2027-02-22"), 3, "Dr. Sample"};
      break;
    case domain::Subject::account:
      made.account = {"asha@mail.example", "en", "t0ken-_", *parse_instant("2026-11-24T10:30:00Z")};
      break;
    case domain::Subject::stock:
      made.stock = {
          "stock@clinic.example",
          true,
          {{domain::StockAlert::Kind::out, "Examplicillin 500 mg", 0, 50, "", {}},
           {domain::StockAlert::Kind::low, "Samplamol", 12, 40, "", {}},
           {domain::StockAlert::Kind::recalled, "Testazol", 9, 0, "L-1", parse_date("2026-12-20")},
           {domain::StockAlert::Kind::expired, "Testazol", 7, 0, "L-2", parse_date("2026-11-20")},
           {domain::StockAlert::Kind::expiring, "Testazol", 30, 0, "L-42",
            parse_date("2026-12-20")}}};
      break;
  }
  return made;
}

Content rendered(const domain::Message& mail, const domain::Facts& known) {
  Letter letter{our_wording(mail.template_name, mail.language), ""};
  if (mail.template_name == Template::appointment_reminder)
    letter.unsubscribe_url = "https://ambula.example/v1/unsubscribe/1";
  return render(mail, known, sender, letter);
}

/// What each kind must say in its language, whatever else it says.
std::string essence(Template name, std::string_view language) {
  switch (subject_of(name)) {
    case domain::Subject::appointment:
      return language == "hi" ? "सुबह 9:30 बजे" : "09:30";
    case domain::Subject::prescription:
      return "AMB-RX-0000042";
    case domain::Subject::account:
      return "#token=t0ken-_";
    case domain::Subject::stock:
      return "L-42";
  }
  return {};
}

TEST(Render, EveryTemplateInEveryLanguageSaysWhatItMust) {
  for (const auto name : all()) {
    for (const auto& language : languages) {
      const auto content = rendered(message(name, language), facts(name));
      SCOPED_TRACE(content.subject);
      EXPECT_THAT(content.subject, HasSubstr("Ambula Example Clinic"));
      EXPECT_THAT(content.subject, Not(HasSubstr("Cardiology")));
      EXPECT_THAT(content.subject, Not(HasSubstr("Asha")));
      EXPECT_EQ(content.text.find("Asha") != std::string::npos, facts(name).patient.has_value());
      EXPECT_THAT(content.text, Not(HasSubstr("{{")));
      EXPECT_THAT(content.html, Not(HasSubstr("{{")));
      EXPECT_THAT(content.text, HasSubstr(essence(name, language)));
      EXPECT_THAT(content.html, HasSubstr(essence(name, language)));
      EXPECT_THAT(content.html, HasSubstr("<html lang=\"" + language + "\">"));
      const bool visit = subject_of(name) == domain::Subject::appointment;
      EXPECT_EQ(content.calendar.empty(), !visit || name == Template::appointment_reminder);
    }
  }
}

// What a facility may write is what ours say too, so ours can always be saved as its own.
TEST(Render, OurOwnWordsPassTheRulesAndDifferByLanguage) {
  for (const auto name : all()) {
    for (const auto& language : languages) {
      const auto ours = our_wording(name, language);
      const auto checked = check(name, ours);
      EXPECT_TRUE(checked) << to_string(name) << " " << language;
      if (language != "en") {
        EXPECT_NE(ours.body, our_wording(name, "en").body);
        EXPECT_NE(ours.subject, our_wording(name, "en").subject);
      }
    }
  }
}

TEST(Render, AFacilitysOwnWordsAreUsed) {
  const Letter letter{{"Come to {{facility}}", "{{given_name}}!\n\n{{date}}, {{time}}\nRoom 7"},
                      ""};
  constexpr auto name = Template::appointment_booked;
  const auto content = render(message(name), facts(name), sender, letter);
  EXPECT_EQ(content.subject, "Come to Ambula Example Clinic");
  EXPECT_THAT(content.text, HasSubstr("09:30\r\nRoom 7"));
  EXPECT_THAT(content.html, HasSubstr("09:30<br>\nRoom 7"));
}

TEST(Render, AccountMailsLeadToTheirPageByOneButton) {
  for (const auto& [name, page] : {std::pair(Template::account_verify, "verify-email"),
                                   std::pair(Template::account_invite, "accept-invite"),
                                   std::pair(Template::account_reset, "reset-password")}) {
    const auto content = rendered(message(name), facts(name));
    const auto link = std::string("https://ambula.example/") + page + "#token=t0ken-_";
    EXPECT_THAT(content.text, HasSubstr("\r\n" + link + "\r\n"));
    EXPECT_THAT(content.html, HasSubstr("<a href=\"" + link + "\""));
    EXPECT_THAT(content.text, HasSubstr("Tuesday, 24 November 2026, 16:00"));
  }
  auto nowhere = facts(Template::account_reset);
  nowhere.facility.reset();
  const auto content = rendered(message(Template::account_reset, "de"), nowhere);
  EXPECT_THAT(content.subject, HasSubstr("Ambula"));
  EXPECT_THAT(content.text, HasSubstr("24. November 2026, 10:30 Uhr UTC"));
}

// INV-3
TEST(Render, ADigestIsAList) {
  const auto content = rendered(message(Template::stock_digest), facts(Template::stock_digest));
  EXPECT_THAT(content.text,
              HasSubstr("- Examplicillin 500 mg: out of stock\r\n- Samplamol: 12 left, "
                        "minimum 40\r\n- Testazol, lot L-1: recalled"));
  EXPECT_THAT(content.html, HasSubstr("<li>Testazol, lot L-42: 30 usable until Sunday, 20 December "
                                      "2026</li>"));
}

TEST(Render, HindiSaysTheTimeOfDay) {
  EXPECT_EQ(format_time("hi", *parse_local_minutes("00:05")), "रात 12:05");
  EXPECT_EQ(format_time("hi", *parse_local_minutes("12:00")), "दोपहर 12:00");
  EXPECT_EQ(format_time("hi", *parse_local_minutes("16:30")), "शाम 4:30");
  EXPECT_EQ(format_time("hi", *parse_local_minutes("20:00")), "रात 8:00");
  EXPECT_EQ(format_time("de", *parse_local_minutes("09:05")), "09:05");
}

// RFC 8058: one click, and only under reminders.
TEST(Render, RemindersCanBeStoppedByOneClick) {
  for (const auto name : all()) {
    const auto mail = message(name);
    const auto content = rendered(mail, facts(name));
    const auto bytes =
        compose({sender.from, "asha@mail.example", "id@ambula.example", now}, content);
    const auto head = bytes.substr(0, bytes.find("\r\n\r\n"));
    const bool reminds = name == Template::appointment_reminder;
    EXPECT_EQ(head.find("List-Unsubscribe: <https://ambula.example/v1/unsubscribe/1>\r\n") !=
                  std::string::npos,
              reminds);
    EXPECT_EQ(
        head.find("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") != std::string::npos,
        reminds);
    EXPECT_EQ(content.html.find("/v1/unsubscribe/1") != std::string::npos, reminds);
  }
}

TEST(Render, DatesAreInThePatientsLanguageAndTheFacilitysZone) {
  const auto name = Template::appointment_booked;
  EXPECT_THAT(rendered(message(name, "en"), facts(name)).text,
              HasSubstr("Monday, 30 November 2026"));
  EXPECT_THAT(rendered(message(name, "de"), facts(name)).text,
              HasSubstr("Montag, 30. November 2026"));
  EXPECT_THAT(rendered(message(name, "hi"), facts(name)).text, HasSubstr("सोमवार, 30 नवंबर 2026"));
}

TEST(Render, WithoutADoctorsNameTheSentenceStillStands) {
  auto known = facts(Template::appointment_booked);
  known.appointment->doctor.reset();
  known.appointment->department.reset();
  EXPECT_THAT(rendered(message(Template::appointment_booked), known).text,
              HasSubstr("is booked for Monday, 30 November 2026 at 09:30."));
}

TEST(Render, HostileNamesStayNames) {
  const std::string hostile =
      "Eve\r\nBcc: "
      "all@x.example\r\n\r\n<script>alert(1)</script>{{facility}}{{{x}}}\xF0\x9F\x98\x80";
  for (const auto name : all()) {
    auto known = facts(name);
    if (known.patient) known.patient->given_name = hostile;
    if (known.stock) known.stock->alerts[0].medicine = hostile;
    known.facility->name = hostile;
    const auto mail = message(name);
    const auto content = rendered(mail, known);
    EXPECT_THAT(content.html, Not(HasSubstr("<script>")));
    EXPECT_THAT(content.html, HasSubstr("&lt;script&gt;"));
    EXPECT_THAT(content.text, HasSubstr("{{facility}}"));
    EXPECT_THAT(content.text, HasSubstr("\xF0\x9F\x98\x80"));
    EXPECT_EQ(content.subject.find_first_of("\r\n"), std::string::npos);
    const auto bytes =
        compose({sender.from, "asha@mail.example", "id@ambula.example", mail.fact_time}, content);
    EXPECT_THAT(bytes, Not(HasSubstr("Bcc")));
    EXPECT_THAT(bytes, Not(HasSubstr("\r\n.")));
    EXPECT_TRUE(std::all_of(bytes.begin(), bytes.end(),
                            [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  }
}

TEST(Mime, LongSubjectsBecomeEncodedWordsOfWholeCharacters) {
  std::string subject;
  for (int i = 0; i < 60; ++i)
    subject += "ä\xF0\x9F\x98\x80";
  const auto header = encode_header(subject);
  for (const auto line : split(header, '\n'))
    EXPECT_LE(line.size(), 78U);
  EXPECT_THAT(header, HasSubstr("\r\n =?UTF-8?B?"));
  EXPECT_EQ(encode_header("Plain"), "Plain");
  EXPECT_EQ(encode_header("a\r\nX: b").find('\n'), std::string::npos);
  EXPECT_THAT(encode_header("=?UTF-8?B?QQ==?="), Not(HasSubstr("QQ==")));
}

TEST(Mime, MailboxesWithLineEndsOrNoAddressAreRefused) {
  EXPECT_EQ(parse_mailbox("Ambula <a@b.example>")->address, "a@b.example");
  EXPECT_EQ(parse_mailbox("a@b.example")->name, "");
  EXPECT_FALSE(parse_mailbox("Ambula <a@b.example>\r\nBcc: x@y.example"));
  EXPECT_FALSE(parse_mailbox("A\r\nB <a@b.example>"));
  EXPECT_FALSE(parse_mailbox("nobody"));
}

struct Free {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Calendar = std::unique_ptr<icalcomponent, Free>;

Calendar parse(const Content& content) {
  return Calendar(icalparser_parse_string(content.calendar.c_str()));
}

// NOT-1: as an invitation for those who know iTIP, and as a file for all others.
TEST(Mime, ACalendarEntryIsPartAndAttachment) {
  const auto name = Template::appointment_booked;
  const auto bytes = compose({sender.from, "asha@mail.example", "id@ambula.example", now},
                             rendered(message(name), facts(name)));
  EXPECT_THAT(bytes, HasSubstr("Content-Type: multipart/mixed"));
  EXPECT_THAT(bytes, HasSubstr("Content-Type: text/calendar; charset=utf-8; method=REQUEST"));
  EXPECT_THAT(bytes, HasSubstr("Content-Disposition: attachment; filename=\"visit.ics\""));
}

// [NOT-1] The same entry is updated and cancelled: one uid, a rising sequence.
TEST(Calendar, ReadsBackAsOneVisit) {
  const auto name = Template::appointment_booked;
  const auto mail = message(name);
  const auto content = rendered(mail, facts(name));
  const auto calendar = parse(content);
  ASSERT_TRUE(calendar);
  EXPECT_EQ(icalcomponent_get_method(calendar.get()), ICAL_METHOD_REQUEST);
  EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
  auto* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(icalcomponent_get_uid(event), mail.subject_id.str() + "@ambula");
  EXPECT_EQ(icalcomponent_get_sequence(event), 2);
  EXPECT_EQ(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
  EXPECT_STREQ(icalcomponent_get_summary(event), "Visit at Ambula Example Clinic");
  EXPECT_STREQ(icaltime_as_ical_string(icalcomponent_get_dtstart(event)), "20261130T040000Z");
  EXPECT_STREQ(icaltime_as_ical_string(icalcomponent_get_dtend(event)), "20261130T041500Z");
  EXPECT_STREQ(
      icalproperty_get_attendee(icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY)),
      "mailto:asha@mail.example");
  EXPECT_STREQ(
      icalproperty_get_organizer(icalcomponent_get_first_property(event, ICAL_ORGANIZER_PROPERTY)),
      "mailto:no-reply@ambula.example");
  EXPECT_EQ(rendered(mail, facts(name)).calendar, content.calendar);
}

TEST(Calendar, ACancellationCancelsTheSameEntry) {
  const auto name = Template::appointment_cancelled;
  const auto content = rendered(message(name), facts(name));
  const auto calendar = parse(content);
  EXPECT_EQ(content.calendar_method, "CANCEL");
  EXPECT_EQ(icalcomponent_get_method(calendar.get()), ICAL_METHOD_CANCEL);
  auto* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  EXPECT_EQ(icalcomponent_get_status(event), ICAL_STATUS_CANCELLED);
}

TEST(Calendar, HostileNamesMakeNoProperties) {
  const auto name = Template::appointment_booked;
  auto known = facts(name);
  known.facility->name = "A;B,C\\D\r\nATTENDEE:mailto:x@y.example\r\nEND:VEVENT \"q\"";
  const auto calendar = parse(rendered(message(name), known));
  ASSERT_TRUE(calendar);
  auto* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  EXPECT_EQ(icalcomponent_count_properties(event, ICAL_ATTENDEE_PROPERTY), 1);
  EXPECT_EQ(icalcomponent_count_components(calendar.get(), ICAL_VEVENT_COMPONENT), 1);
  EXPECT_THAT(icalcomponent_get_summary(event), HasSubstr("A;B,C\\D"));
}

}  // namespace ambula::notification::mail::render_test
