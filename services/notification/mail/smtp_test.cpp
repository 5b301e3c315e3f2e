#include "smtp.hpp"

#include <gtest/gtest.h>

#include "scripted_smtp_test.hpp"

// Every way in which a mail server can misbehave [NOT-4, NOT-5].
namespace ambula::notification::mail::smtp_test {

using domain::Outcome;
using scripted_smtp::Script;
using scripted_smtp::Server;

Delivery deliver(Server& server, const std::string& message = "Subject: x\r\n\r\nbody\r\n") {
  const SmtpOptions options{.url = server.url(),
                            .connect_timeout = std::chrono::milliseconds(2000),
                            .timeout = std::chrono::milliseconds(3000)};
  return send(options, {"no-reply@ambula.example", "asha@mail.example", message}, {});
}

TEST(Smtp, AMailIsTaken) {
  Server server;
  EXPECT_EQ(deliver(server).outcome, Outcome::sent);
  ASSERT_EQ(server.messages().size(), 1U);
  EXPECT_NE(server.messages()[0].find("Subject: x"), std::string::npos);
}

TEST(Smtp, ALineWithOneDotDoesNotEndTheMail) {
  Server server;
  EXPECT_EQ(deliver(server, "Subject: x\r\n\r\na\r\n.\r\nb\r\n").outcome, Outcome::sent);
  ASSERT_EQ(server.messages().size(), 1U);
  EXPECT_NE(server.messages()[0].find("..\r\nb"), std::string::npos);
}

struct Case {
  Script script;
  Outcome outcome;
  std::string reason;
};

class Misbehaving : public ::testing::TestWithParam<Case> {};

TEST_P(Misbehaving, IsToldApart) {
  Server server(GetParam().script);
  const auto delivery = deliver(server);
  EXPECT_EQ(delivery.outcome, GetParam().outcome);
  EXPECT_EQ(delivery.reason, GetParam().reason);
  EXPECT_FALSE(delivery.stage.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Smtp, Misbehaving,
    ::testing::Values(Case{{{"connect", "421 busy"}}, Outcome::temporary, "server-unavailable"},
                      Case{{{"connect", "554 no"}}, Outcome::temporary, "server-unavailable"},
                      Case{{{"connect", "drop"}}, Outcome::temporary, "server-unavailable"},
                      Case{{{"EHLO", "drop"}}, Outcome::temporary, "server-unavailable"},
                      Case{{{"EHLO", "500 what"}, {"HELO", "500 what"}},
                           Outcome::temporary,
                           "server-unavailable"},
                      Case{{{"MAIL", "451 later"}}, Outcome::temporary, "sender-deferred"},
                      Case{{{"MAIL", "550 no"}}, Outcome::permanent, "sender-refused"},
                      Case{{{"MAIL", "drop"}}, Outcome::temporary, "connection-lost"},
                      Case{{{"RCPT", "450 greylisted"}}, Outcome::temporary, "recipient-deferred"},
                      Case{{{"RCPT", "550 unknown"}}, Outcome::permanent, "recipient-refused"},
                      Case{{{"RCPT", "drop"}}, Outcome::temporary, "connection-lost"},
                      Case{{{"DATA", "451 later"}}, Outcome::temporary, "message-deferred"},
                      Case{{{"DATA", "554 no"}}, Outcome::permanent, "message-refused"},
                      Case{{{"DATA", "drop"}}, Outcome::temporary, "connection-lost"},
                      Case{{{"dot", "452 full"}}, Outcome::temporary, "message-deferred"},
                      Case{{{"dot", "554 spam"}}, Outcome::permanent, "message-refused"},
                      Case{{{"dot", "drop"}}, Outcome::uncertain, "no-final-answer"}));

TEST(Smtp, NobodyListensIsTemporary) {
  const auto delivery =
      send({.url = "smtp://127.0.0.1:1"}, {"a@b.example", "c@d.example", "x"}, {});
  EXPECT_EQ(delivery.outcome, Outcome::temporary);
  EXPECT_EQ(delivery.stage, "connect");
}

TEST(Smtp, WithoutTlsNothingIsSaidWhenTlsIsAskedFor) {
  Server server;
  const auto delivery =
      send({.url = server.url(), .starttls = true}, {"a@b.example", "c@d.example", "x\r\n"}, {});
  EXPECT_EQ(delivery.outcome, Outcome::temporary);
  EXPECT_EQ(delivery.reason, "tls-failed");
  EXPECT_TRUE(server.messages().empty());
}

TEST(Smtp, AStopBeforeTheMessageEndsIt) {
  Server server;
  std::stop_source stop;
  stop.request_stop();
  const auto delivery =
      send({.url = server.url()}, {"a@b.example", "c@d.example", "x\r\n"}, stop.get_token());
  EXPECT_EQ(delivery.outcome, Outcome::temporary);
  EXPECT_TRUE(server.messages().empty());
}

}  // namespace ambula::notification::mail::smtp_test
