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
    auto message = domain::message_of(domain::Template::appointment_booked, Uuid::make(),
                                      principal.facility_id, Uuid::make(), Uuid::make(),
                                      Uuid::make(), 1, now, now);
    message.status = status;
    const auto done = session.transact(
        [&](db::Transaction& tx) -> Result<bool> { return store::insert(tx, message); });
    EXPECT_TRUE(done && *done);
    return message;
  }

  Result<Answer> call(Result<Answer> (*handler)(Call&), const std::string& id,
                      std::vector<std::pair<std::string, std::string>> query = {},
                      const std::string& body = "") {
    http::Request request;
    request.query = std::move(query);
    request.body = body;
    const std::vector<std::pair<std::string, std::string>> params = {{"id", id}};
    const std::function<void()> committed = [] {};
    Call made({session, request, params, principal, now, "", "test", std::chrono::milliseconds(0),
               committed});
    return handler(made);
  }

  db::Session session{options()};
  auth::Principal principal;
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
  EXPECT_EQ(again->status, 201);
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

}  // namespace ambula::notification::api::notifications_test
