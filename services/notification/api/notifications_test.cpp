#include <notification/migrations.hpp>

#include <ambula/db/migrate.hpp>
#include <ambula/json/json.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/testing/postgres.hpp>
#include <gtest/gtest.h>

#include "handlers.hpp"
#include "notification/store/constraints.hpp"
#include "notification/store/messages.hpp"

// The list, one message, and sending it anew [NOT-5].
namespace ambula::notification::api::notifications_test {

db::Options options() {
  static testing::Postgres instance("notification");
  return {.url = instance.url(),
          .application_name = "test",
          .schema = "notification",
          .constraints = store::constraints()};
}

const Instant now = *parse_instant("2026-11-24T09:00:00Z");

class Notifications : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ASSERT_TRUE(db::migrate(options(), "platform", outbox::migrations()));
    ASSERT_TRUE(db::migrate(options(), "notification", migrations));
  }
  void SetUp() override { principal.facility_id = Uuid::make(); }

  domain::Message added(domain::Status status) {
    const auto patient = Uuid::make();
    const domain::Intent intent{.facility_id = principal.facility_id,
                                .template_name = domain::Template::appointment_booked,
                                .recipient = patient.str(),
                                .patient_id = patient,
                                .subject_id = Uuid::make(),
                                .event_id = Uuid::make(),
                                .fact_version = 1,
                                .fact_time = now};
    auto message = message_of(intent, Uuid::make(), now);
    message.status = status;
    const auto done = session.transact(
        [&](db::Transaction& tx) -> Result<bool> { return store::insert(tx, message); });
    EXPECT_TRUE(done && *done);
    return message;
  }

  Result<Answer> call(const Handler& handler, const std::string& id,
                      std::vector<std::pair<std::string, std::string>> query = {},
                      const std::string& body = "") {
    http::Request request;
    request.query = std::move(query);
    request.body = body;
    return run(handler, request, {{"id", id}});
  }
  Result<Answer> run(const Handler& handler, const http::Request& request,
                     const std::vector<std::pair<std::string, std::string>>& params) {
    const std::function<void()> committed = [] {};
    Call made({session, request, params, principal, now, "", "test", std::chrono::milliseconds(0),
               committed});
    return handler(made);
  }

  /// One of the templates, by name and language, with an ETag when there is a version.
  Result<Answer> on_template(const Handler& handler, const std::string& name,
                             const std::string& language, const std::string& body = "",
                             std::optional<int> version = std::nullopt) {
    http::Request request;
    request.body = body;
    if (version) request.headers.set("if-match", "\"v" + std::to_string(*version) + "\"");
    return run(handler, request, {{"name", name}, {"language", language}});
  }

  db::Session session{options()};
  auth::Principal principal;
  const Handler preview = preview_notification_template(std::make_shared<mail::Sender>(
      mail::Sender{{"Ambula", "no-reply@ambula.example"}, "https://ambula.example"}));
};

TEST_F(Notifications, AreListedByStatusOfTheirFacilityOnly) {
  const auto failed = added(domain::Status::failed);
  added(domain::Status::sent);
  const auto listed = call(list_notifications, "", {{"status", "FAILED"}});
  ASSERT_TRUE(listed);
  EXPECT_NE(listed->body.find(failed.id.str()), std::string::npos);
  EXPECT_EQ(listed->patients, std::vector{*failed.patient_id});
  EXPECT_EQ(call(list_notifications, "", {{"status", "LOST"}}).error().kind, ErrorKind::malformed);
  principal.facility_id = Uuid::make();
  EXPECT_EQ(call(list_notifications, "")->body, R"({"items":[],"next_cursor":null})");
  EXPECT_EQ(call(get_notification, failed.id.str()).error().code, "notification-not-found");
}

TEST_F(Notifications, APageLeadsToTheNext) {
  added(domain::Status::failed);
  added(domain::Status::failed);
  const auto first = json::parse(call(list_notifications, "", {{"limit", "1"}})->body);
  ASSERT_TRUE(first->at("next_cursor").is_string());
  const auto cursor = first->at("next_cursor").get<std::string>();
  const auto second =
      json::parse(call(list_notifications, "", {{"limit", "1"}, {"cursor", cursor}})->body);
  EXPECT_TRUE(second->at("next_cursor").is_null());
  EXPECT_NE(first->at("items")[0].at("id"), second->at("items")[0].at("id"));
}

TEST_F(Notifications, AreSentAnewOnceAtATime) {
  const auto failed = added(domain::Status::failed);
  const std::string body = R"({"reason":"address corrected"})";
  const auto again = call(resend_notification, failed.id.str(), {}, body);
  ASSERT_TRUE(again) << again.error().code;
  EXPECT_EQ(again->status, 200);
  EXPECT_NE(again->location.find("/v1/notifications/"), std::string::npos);
  const auto value = json::parse(again->body);
  EXPECT_EQ(value->at("resend_no"), 1);
  EXPECT_EQ(value->at("status"), "QUEUED");
  EXPECT_EQ(value->at("event_id"), failed.event_id.str());
  EXPECT_EQ(call(resend_notification, failed.id.str(), {}, body).error().code,
            "illegal-transition");
  EXPECT_EQ(call(resend_notification, failed.id.str(), {}, "{}").error().kind,
            ErrorKind::malformed);
  EXPECT_EQ(call(resend_notification, Uuid::make().str(), {}, body).error().kind,
            ErrorKind::not_found);
}

TEST_F(Notifications, TheListSaysNoAddressAndAlwaysAMask) {
  const auto failed = added(domain::Status::failed);
  const auto value = json::parse(call(get_notification, failed.id.str())->body);
  EXPECT_EQ(value->at("recipient_masked"), "***");
}

// NOT-6
TEST_F(Notifications, AFacilityMakesTheWordsItsOwn) {
  const std::string name = "appointment-booked";
  const auto ours = on_template(get_notification_template, name, "de");
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->version, 0);
  EXPECT_EQ(json::parse(ours->body)->at("customized"), false);
  const std::string words = R"({"subject":"Bis bald","body":"{{date}} {{time}}"})";
  const auto saved = on_template(put_notification_template, name, "de", words, 0);
  ASSERT_TRUE(saved) << saved.error().code;
  EXPECT_EQ(saved->version, 1);
  EXPECT_EQ(saved->resource, "notification-template/appointment-booked/de");
  EXPECT_EQ(saved->changed, (std::vector<std::string>{"subject", "body"}));
  const auto read = json::parse(on_template(get_notification_template, name, "de")->body);
  EXPECT_EQ(read->at("subject"), "Bis bald");
  EXPECT_EQ(read->at("customized"), true);
  EXPECT_NE(read->at("default").at("subject"), "Bis bald");
  EXPECT_EQ(on_template(put_notification_template, name, "de", words, 0).error().kind,
            ErrorKind::version_mismatch);
  EXPECT_EQ(on_template(get_notification_template, name, "en")->version, 0);
  principal.facility_id = Uuid::make();
  EXPECT_EQ(on_template(get_notification_template, name, "de")->version, 0);
}

TEST_F(Notifications, WordsThatCannotBeAreRefused) {
  const auto code = [&](const std::string& name, const std::string& language,
                        const std::string& body) {
    const auto answer = on_template(put_notification_template, name, language, body, 0);
    return answer ? "" : answer.error().code;
  };
  const std::string name = "prescription-ready";
  EXPECT_EQ(code("nothing", "en", "{}"), "notification-template-not-found");
  EXPECT_EQ(code(name, "fr", "{}"), "notification-template-not-found");
  EXPECT_EQ(code(name, "en", "{}"), "invalid-request");
  EXPECT_EQ(code(name, "en", R"({"subject":"x","body":"{{number}}","version":3})"), "read-only");
  EXPECT_EQ(code(name, "en", R"({"subject":"x","body":"{{number"})"), "bad-template");
  EXPECT_EQ(code(name, "en", R"({"subject":"x","body":"hello"})"), "missing-value");
  EXPECT_EQ(code(name, "en", R"({"subject":"{{doctor}}","body":"{{number}}"})"), "unknown-value");
}

TEST_F(Notifications, APreviewIsTheMailWithSampleValues) {
  for (const auto name : domain::template_names()) {
    for (const auto* language : {"en", "hi", "de"}) {
      const auto answer = on_template(preview, std::string(name), language, "{}");
      ASSERT_TRUE(answer) << name;
      const auto value = json::parse(answer->body);
      EXPECT_NE(value->at("html").get<std::string>().find("</html>"), std::string::npos);
      EXPECT_EQ(value->at("text").get<std::string>().find("{{"), std::string::npos);
      EXPECT_FALSE(value->at("subject").get<std::string>().empty());
    }
  }
  const auto given = on_template(
      preview, "appointment-moved", "en",
      R"({"given_name":"Zoe","subject":"New","body":"{{given_name}} {{date}} {{time}}"})");
  EXPECT_EQ(json::parse(given->body)->at("subject"), "New");
  EXPECT_NE(given->body.find("Zoe"), std::string::npos);
  EXPECT_EQ(on_template(preview, "appointment-moved", "en", R"({"number":"1"})").error().code,
            "invalid-request");
  EXPECT_EQ(on_template(preview, "appointment-moved", "en", R"({"body":"{{"})").error().code,
            "bad-template");
}

TEST_F(Notifications, AnUnknownUnsubscribeLinkIsNotFound) {
  for (const auto& handler : {Handler(show_unsubscribe), Handler(unsubscribe)}) {
    for (const auto& token : {Uuid::make().str(), std::string("x")}) {
      EXPECT_EQ(run(handler, {}, {{"token", token}}).error().code, "unsubscribe-link-not-found");
    }
  }
}

}  // namespace ambula::notification::api::notifications_test
