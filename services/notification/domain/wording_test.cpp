#include "wording.hpp"

#include <gtest/gtest.h>

// What a facility may make of our mails [NOT-6].
namespace ambula::notification::domain::wording_test {

constexpr auto visit = Template::appointment_booked;

std::string refusal(Template name, const std::string& subject, const std::string& body) {
  const auto checked = check(name, {subject, body});
  if (checked) return "";
  EXPECT_EQ(checked.error().kind, ErrorKind::rule);
  EXPECT_EQ(checked.error().fields.size(), 1U);
  return checked.error().code + " " + checked.error().fields.at(0).pointer;
}

TEST(Wording, WhatTheMailNeedsMustBeSaid) {
  EXPECT_EQ(refusal(visit, "Visit", "{{date}} {{ time }}"), "");
  EXPECT_EQ(refusal(visit, "Visit", "{{date}}"), "missing-value /body");
  EXPECT_EQ(refusal(visit, "Visit", "{{date}} {{#time}}soon{{/time}}"), "missing-value /body");
  EXPECT_EQ(refusal(Template::account_reset, "Password", "Hello"), "missing-value /body");
  EXPECT_EQ(refusal(Template::prescription_ready, "Ready", "{{number}}"), "");
  EXPECT_EQ(refusal(Template::stock_digest, "Stock", "{{date}}"), "missing-value /body");
}

TEST(Wording, ASubjectSaysNothingOfThePatient) {
  EXPECT_EQ(refusal(visit, "{{facility}}, {{date}}", "{{date}} {{time}}"), "");
  for (const auto* value : {"given_name", "doctor", "department"}) {
    EXPECT_EQ(refusal(visit, std::string("{{") + value + "}}", "{{date}} {{time}}"),
              "unknown-value /subject")
        << value;
  }
  EXPECT_EQ(refusal(Template::prescription_issued, "{{number}}", "{{number}}"),
            "unknown-value /subject");
}

TEST(Wording, OnlyTheMustacheThatCannotGoWrongPasses) {
  for (const auto* tag :
       {"{{", "{{date", "{{{date}}}", "{{&date}}", "{{>date}}", "{{=<% %>=}}", "{{!x}}", "{{}}",
        "{{#doctor}}", "{{/doctor}}", "{{#doctor}}{{#department}}{{/doctor}}{{/department}}",
        "{{Date}}", "{{ date.x }}"}) {
    EXPECT_EQ(refusal(visit, "Visit", std::string("{{date}} {{time}} ") + tag),
              "bad-template /body")
        << tag;
  }
  EXPECT_EQ(refusal(visit, "Visit", "{{date}} {{time}} {{link}}"), "unknown-value /body");
  EXPECT_EQ(refusal(visit, "Visit", "{{date}} {{time}}{{#doctor}} {{doctor}}{{/doctor}}"), "");
}

TEST(Wording, EveryTemplateHasItsValues) {
  for (std::size_t i = 0; i < template_names().size(); ++i) {
    const auto name = static_cast<Template>(i);
    for (const auto required : required_of(name)) {
      const auto values = values_of(name);
      EXPECT_NE(std::find(values.begin(), values.end(), required), values.end());
    }
    EXPECT_FALSE(subject_values_of(name).empty());
  }
}

}  // namespace ambula::notification::domain::wording_test
