#include "smtp.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "scripted_smtp_test.hpp"

// Every way in which a mail server can misbehave [NOT-4, NOT-5].
namespace ambula::notification::mail::smtp_test {

using domain::Outcome;
using scripted_smtp::Script;
using scripted_smtp::Server;

constexpr std::chrono::milliseconds patient{15'000};
constexpr std::chrono::milliseconds impatient{500};

Delivery deliver(Server& server, const std::string& message = "Subject: x\r\n\r\nbody\r\n",
                 std::chrono::milliseconds timeout = patient) {
  const SmtpOptions options{.url = server.url(), .timeout = timeout};
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
  const bool hangs = GetParam().script.begin()->second == "hang";
  const auto delivery = deliver(server, "Subject: x\r\n\r\nbody\r\n", hangs ? impatient : patient);
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
                      Case{{{"EHLO", "421 busy"}, {"HELO", "421 busy"}},
                           Outcome::temporary,
                           "server-unavailable"},
                      Case{{{"MAIL", "421 going down"}}, Outcome::temporary, "sender-deferred"},
                      Case{{{"RCPT", "421 going down"}}, Outcome::temporary, "recipient-deferred"},
                      Case{{{"DATA", "421 going down"}}, Outcome::temporary, "message-deferred"},
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
                      Case{{{"dot", "drop"}}, Outcome::uncertain, "no-final-answer"},
                      Case{{{"connect", "hang"}}, Outcome::temporary, "server-unavailable"},
                      Case{{{"EHLO", "hang"}}, Outcome::temporary, "server-unavailable"},
                      Case{{{"MAIL", "hang"}}, Outcome::temporary, "connection-lost"},
                      Case{{{"RCPT", "hang"}}, Outcome::temporary, "connection-lost"},
                      Case{{{"DATA", "hang"}}, Outcome::temporary, "connection-lost"},
                      Case{{{"dot", "hang"}}, Outcome::uncertain, "no-final-answer"},
                      Case{{{"dot", "421 going down"}}, Outcome::temporary, "message-deferred"}));

// What comes after the server has said yes changes nothing, and holds nobody up.
TEST(Smtp, ATakenMailIsSentWhateverTheGoodbye) {
  for (const auto* goodbye : {"drop", "hang", "421 going down", "500 what"}) {
    Server server(Script{{"QUIT", goodbye}});
    const auto begun = std::chrono::steady_clock::now();
    const auto delivery = deliver(server, "Subject: x\r\n\r\nbody\r\n", impatient);
    EXPECT_EQ(delivery.outcome, Outcome::sent) << goodbye << " " << delivery.reason;
    EXPECT_LT(std::chrono::steady_clock::now() - begun, patient / 3) << goodbye;
    EXPECT_EQ(server.messages().size(), 1U);
  }
}

TEST(Smtp, ASlowServerIsWaitedFor) {
  Server server(Script{{"connect", "slow"},
                       {"EHLO", "slow"},
                       {"MAIL", "slow"},
                       {"RCPT", "slow"},
                       {"DATA", "slow"},
                       {"dot", "slow"},
                       {"QUIT", "slow"}});
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(deliver(server).outcome, Outcome::sent);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 6 * scripted_smtp::slow);
  EXPECT_EQ(server.messages().size(), 1U);
}

// The message is too large to lie in buffers: the server goes away in its middle and has not got
// it.
TEST(Smtp, ADropInTheMiddleOfTheMessageIsTemporary) {
  Server server(Script{{"body", "drop"}});
  std::string message = "Subject: x\r\n\r\n";
  while (message.size() < 32'000'000)
    message += "0123456789012345678901234567890123456789012345678901234567890123456789\r\n";
  const auto delivery = deliver(server, message);
  EXPECT_EQ(delivery.outcome, Outcome::temporary);
  EXPECT_EQ(delivery.reason, "connection-lost");
  EXPECT_TRUE(server.messages().empty());
}

// --- TLS and sign-in
// ------------------------------------------------------------------------------

using scripted_smtp::Tls;

SmtpOptions secure(const Server& server, const std::string& ca_file) {
  return {.url = server.url(),
          .user = "ambula",
          .password = "pass word",
          .starttls = true,
          .ca_file = ca_file};
}

Delivery send_secure(Server& server, const std::string& ca_file) {
  return send(secure(server, ca_file), {"a@b.example", "c@d.example", "Subject: x\r\n\r\nx\r\n"},
              {});
}

TEST(SmtpTls, SignsInOverTlsBothWays) {
  for (const auto tls : {Tls::starttls, Tls::implicit}) {
    Server server({}, tls, true);
    const auto delivery = send_secure(server, server.ca_file());
    EXPECT_EQ(delivery.outcome, Outcome::sent) << delivery.reason << " " << delivery.stage;
    EXPECT_EQ(server.messages().size(), 1U);
    const auto said = server.commands();
    // base64 of \0ambula\0pass word
    EXPECT_NE(std::find(said.begin(), said.end(), "AGFtYnVsYQBwYXNzIHdvcmQ="), said.end());
  }
}

TEST(SmtpTls, AnUnknownCertificateGetsNothing) {
  for (const auto tls : {Tls::starttls, Tls::implicit}) {
    Server server({}, tls, true);
    const auto delivery = send_secure(server, "");
    EXPECT_EQ(delivery.outcome, Outcome::temporary);
    EXPECT_EQ(delivery.reason, "tls-failed");
    for (const auto& line : server.commands())
      EXPECT_EQ(line.find("AGFt"), std::string::npos);
    EXPECT_TRUE(server.messages().empty());
  }
}

TEST(SmtpTls, ARefusedStartTlsOrSignInIsTemporaryAndNothingIsSent) {
  Server without({{"STAR", "454 not now"}}, Tls::starttls, true);
  EXPECT_EQ(send_secure(without, without.ca_file()).reason, "tls-failed");
  Server refusing({{"AUTH", "535 no"}}, Tls::starttls, true);
  const auto delivery = send_secure(refusing, refusing.ca_file());
  EXPECT_EQ(delivery.outcome, Outcome::temporary);
  EXPECT_EQ(delivery.reason, "auth-refused");
  EXPECT_TRUE(refusing.messages().empty());
}

TEST(SmtpTls, TroubleBeforeTheMailIsTemporaryAndNothingIsSent) {
  const std::vector<std::pair<Script, std::string>> cases = {
      {{{"STAR", "554 no"}}, "tls-failed"},     {{{"STAR", "drop"}}, "tls-failed"},
      {{{"STAR", "hang"}}, "tls-failed"},       {{{"AUTH", "454 later"}}, "auth-refused"},
      {{{"AUTH", "421 busy"}}, "auth-refused"}, {{{"AUTH", "drop"}}, "auth-refused"},
      {{{"AUTH", "hang"}}, "auth-refused"},
  };
  for (const auto& [script, reason] : cases) {
    Server server(script, Tls::starttls, true);
    auto options = secure(server, server.ca_file());
    options.timeout = impatient;
    const auto delivery =
        send(options, {"a@b.example", "c@d.example", "Subject: x\r\n\r\nx\r\n"}, {});
    EXPECT_EQ(delivery.outcome, Outcome::temporary) << script.begin()->second;
    EXPECT_EQ(delivery.reason, reason) << script.begin()->first << " " << script.begin()->second;
    EXPECT_TRUE(server.messages().empty());
  }
}

TEST(SmtpTls, OnlyThisMachineMayGetAPasswordInTheClear) {
  EXPECT_TRUE(is_loopback("smtp://localhost:25"));
  EXPECT_TRUE(is_loopback("smtp://127.0.0.1"));
  EXPECT_TRUE(is_loopback("smtp://[::1]:2525"));
  EXPECT_FALSE(is_loopback("smtp://127.0.0.1.mail.example:25"));
  EXPECT_FALSE(is_loopback("smtp://mail.example"));
}

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
