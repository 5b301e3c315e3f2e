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

domain::Message message(Template name, const std::string& language = "en") {
  auto made = domain::message_of(name, Uuid::make(), Uuid::make(), Uuid::make(), Uuid::make(),
                                 Uuid::make(), 3, *parse_instant("2026-11-24T09:00:00Z"),
                                 *parse_instant("2026-11-24T09:00:01Z"));
  made.language = language;
  return made;
}

domain::Facts facts(Template name) {
  domain::Facts made;
  made.facility = {"Ambula Example Clinic", "Asia/Kolkata", "en-IN"};
  made.patient = domain::Patient{"Asha", "asha@mail.example", "en", true, {}};
  if (is_about_appointment(name)) {
    made.appointment = domain::Appointment{"BOOKED",
                                           *parse_instant("2026-11-30T04:00:00Z"),
                                           *parse_instant("2026-11-30T04:15:00Z"),
                                           3,
                                           "Dr. Nila Sample",
                                           "Cardiology"};
  } else {
    made.prescription = domain::Prescription{"AMB-RX-0000042", "ISSUED", *parse_date("2027-02-22"),
                                             3, "Dr. Sample"};
  }
  return made;
}

constexpr Template all[] = {Template::appointment_booked,    Template::appointment_moved,
                            Template::appointment_cancelled, Template::appointment_reinstated,
                            Template::prescription_issued,   Template::prescription_ready,
                            Template::prescription_dispensed};

TEST(Render, EveryTemplateInEveryLanguageSaysWhatItMust) {
  for (const auto name : all) {
    for (const std::string language : {"en", "hi", "de"}) {
      const auto content = render(message(name, language), facts(name), sender);
      SCOPED_TRACE(content.subject);
      EXPECT_THAT(content.subject, HasSubstr("Ambula Example Clinic"));
      EXPECT_THAT(content.subject, Not(HasSubstr("Cardiology")));
      EXPECT_THAT(content.subject, Not(HasSubstr("Asha")));
      EXPECT_THAT(content.text, HasSubstr("Asha"));
      EXPECT_THAT(content.text, Not(HasSubstr("{{")));
      EXPECT_THAT(content.html, Not(HasSubstr("{{")));
      EXPECT_THAT(content.text, HasSubstr(is_about_appointment(name) ? "09:30" : "AMB-RX-0000042"));
      EXPECT_EQ(content.calendar.empty(), !is_about_appointment(name));
    }
  }
}

TEST(Render, DatesAreInThePatientsLanguageAndTheFacilitysZone) {
  const auto name = Template::appointment_booked;
  EXPECT_THAT(render(message(name, "en"), facts(name), sender).text,
              HasSubstr("Monday, 30 November 2026"));
  EXPECT_THAT(render(message(name, "de"), facts(name), sender).text,
              HasSubstr("Montag, 30. November 2026"));
  EXPECT_THAT(render(message(name, "hi"), facts(name), sender).text,
              HasSubstr("सोमवार, 30 नवंबर 2026"));
}

TEST(Render, WithoutADoctorsNameTheSentenceStillStands) {
  auto known = facts(Template::appointment_booked);
  known.appointment->doctor.reset();
  known.appointment->department.reset();
  EXPECT_THAT(render(message(Template::appointment_booked), known, sender).text,
              HasSubstr("is booked for Monday, 30 November 2026 at 09:30."));
}

TEST(Render, HostileNamesStayNames) {
  const std::string hostile =
      "Eve\r\nBcc: "
      "all@x.example\r\n\r\n<script>alert(1)</script>{{facility}}{{{x}}}\xF0\x9F\x98\x80";
  for (const auto name : all) {
    auto known = facts(name);
    known.patient->given_name = hostile;
    known.facility->name = hostile;
    const auto mail = message(name);
    const auto content = render(mail, known, sender);
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

// [NOT-1] The same entry is updated and cancelled: one uid, a rising sequence.
TEST(Calendar, ReadsBackAsOneVisit) {
  const auto name = Template::appointment_booked;
  const auto mail = message(name);
  const auto content = render(mail, facts(name), sender);
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
  EXPECT_EQ(render(mail, facts(name), sender).calendar, content.calendar);
}

TEST(Calendar, ACancellationCancelsTheSameEntry) {
  const auto name = Template::appointment_cancelled;
  const auto content = render(message(name), facts(name), sender);
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
  const auto calendar = parse(render(message(name), known, sender));
  ASSERT_TRUE(calendar);
  auto* event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  EXPECT_EQ(icalcomponent_count_properties(event, ICAL_ATTENDEE_PROPERTY), 1);
  EXPECT_EQ(icalcomponent_count_components(calendar.get(), ICAL_VEVENT_COMPONENT), 1);
  EXPECT_THAT(icalcomponent_get_summary(event), HasSubstr("A;B,C\\D"));
}

}  // namespace ambula::notification::mail::render_test
