#include <ambula/auth/password.hpp>
#include <ambula/json/json.hpp>
#include <ambula/testing/postgres.hpp>
#include <ambula/testing/schemas.hpp>

#include "fixture_test.hpp"
#include "identity/events/codec.hpp"

// Sign-up, invitation and recovery by mail [ID-3, ID-5]. What a mail would carry is read from the
// outbox.
namespace ambula::identity::api::registration_test {

using namespace std::chrono_literals;
using fixture_test::other_password;
using fixture_test::password;

class Registration : public fixture_test::Fixture {
 protected:
  std::string accept_with(const std::string& token, const std::string& with_password) {
    return R"({"token":")" + token + R"(","password":")" + with_password + "\"}";
  }
  std::string recover_with(const std::string& token, const std::string& with_password) {
    return R"({"token":")" + token + R"(","new_password":")" + with_password + "\"}";
  }
  std::string invitation(const Uuid& patient, const std::string& address) {
    return R"({"patient_id":")" + patient.str() + R"(","facility_id":")" + facility.str() +
           R"(","address":")" + address + R"(","language":"hi","display_name":"Asha Example"})";
  }
  /// A signed-up and verified account.
  json::Value verified(const std::string& address) {
    EXPECT_TRUE(call(register_account, sign_up(address)));
    const auto answer = call(verify_email, with_token(mailed(address)));
    EXPECT_TRUE(answer);
    return *json::parse(answer->body);
  }
};

TEST_F(Registration, EndsWithAnAccountThatWaitsForItsRecord) {  // ID-5
  const auto address = fresh_address();
  const auto accepted = call(register_account, sign_up(address));
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->status, 202);
  EXPECT_EQ(code_of(sign_in, sign_in_as(address, other_password)), "bad-credentials");
  EXPECT_EQ(code_of(sign_in, sign_in_as(address, password)), "email-not-verified");
  // Nobody has heard of it yet.
  const auto none = ::testing::Not(::testing::Contains(::testing::HasSubstr(address)));
  EXPECT_THAT(told("PatientSelfRegistered"), none);

  const auto token = mailed(address);
  const auto account = *json::parse(call(verify_email, with_token(token))->body);
  EXPECT_EQ(account.at("binding"), "PENDING");
  EXPECT_EQ(account.at("email_verified"), true);
  EXPECT_EQ(account.at("memberships").at(0).at("roles").at(0), "patient");
  EXPECT_EQ(code_of(verify_email, with_token(token)), "bad-token");
  EXPECT_EQ(code_of(sign_in, sign_in_as(address, password)), "");
  const auto fact = told("PatientSelfRegistered").back();
  EXPECT_EQ(fact, R"({"account_id":")" + account.at("id").get<std::string>() +
                      R"(","facility_id":")" + facility.str() + R"(","email":")" + address +
                      R"(","patient":{"given_name":"Asha","family_name":"Example",)"
                      R"("birth_date":"1990-02-28","sex":"FEMALE"}})");
}

TEST_F(Registration, AnswersTheSameWhateverIsKnownAboutTheAddress) {  // ID-1, ID-5
  const auto address = fresh_address();
  verified(address);
  const auto again = call(register_account, sign_up(address, other_password));
  ASSERT_TRUE(again);
  const auto fresh = call(register_account, sign_up(fresh_address()));
  EXPECT_EQ(again->status, fresh->status);
  EXPECT_EQ(again->body, fresh->body);
  // Nothing has changed, and the owner gets a mail that helps to sign in.
  EXPECT_EQ(code_of(sign_in, sign_in_as(address, password)), "");
  EXPECT_EQ(code_of(verify_email, with_token(mailed(address))), "bad-token");
  EXPECT_EQ(code_of(recover_password, recover_with(mailed(address), other_password)), "");
}

TEST_F(Registration, WhoFollowsAMailGetsWhatThatSignUpSaid) {  // ID-5
  const auto address = fresh_address();
  ASSERT_TRUE(call(register_account, sign_up(address, password, "1990-02-28")));
  const auto owners = mailed(address);
  // A stranger types the same address, with a password of theirs and a guessed birth date.
  ASSERT_TRUE(call(register_account, sign_up(address, other_password, "1991-01-01")));
  const auto strangers = mailed(address);
  ASSERT_NE(owners, strangers);
  EXPECT_EQ(code_of(verify_email, with_token(owners)), "");
  EXPECT_NE(told("PatientSelfRegistered").back().find("1990-02-28"), std::string::npos);
  EXPECT_EQ(code_of(sign_in, sign_in_as(address, password)), "");
  EXPECT_EQ(code_of(sign_in, sign_in_as(address, other_password)), "bad-credentials");
  EXPECT_EQ(code_of(verify_email, with_token(strangers)), "bad-token");
}

TEST_F(Registration, TokensExpireAndAreNeverKeptInTheOpen) {
  const auto address = fresh_address();
  ASSERT_TRUE(call(register_account, sign_up(address)));
  const auto token = mailed(address);
  static constexpr db::Statement kept{
      "test_kept", "SELECT count(*) AS n FROM mail_token WHERE token_hash = $1 OR person LIKE $1"};
  EXPECT_EQ(session.read(kept, token).front().get<std::int64_t>("n"), 0);
  now += 24h;
  EXPECT_EQ(code_of(verify_email, with_token(token)), "bad-token");
  for (const auto* odd : {"", "x", "' OR 1=1 --"}) {
    EXPECT_NE(code_of(verify_email, with_token(odd)), "") << odd;
  }
  // Nobody proved the address: the account goes, and the address is free.
  now += 25h;
  store::forget_mail_tokens(session, now);
  EXPECT_FALSE(store::find_for_sign_in(session, address));
}

TEST_F(Registration, AMailboxIsNotFlooded) {
  const auto address = fresh_address();
  for (int i = 0; i < 9; ++i) {
    request.remote_addr = "203.0.113." + std::to_string(i);
    ASSERT_TRUE(call(register_account, sign_up(address)));
  }
  int mails = 0;
  for (const auto& body : told("AccountMailRequested"))
    mails += body.find("\"" + address + "\"") != std::string::npos ? 1 : 0;
  EXPECT_EQ(mails, domain::mails_max);
}

TEST_F(Registration, RefusesWhatCannotBecomeARecord) {
  EXPECT_EQ(code_of(register_account, sign_up("nobody")), "invalid-email");
  EXPECT_EQ(code_of(register_account, sign_up(fresh_address(), "password123")), "weak-password");
  EXPECT_EQ(code_of(register_account, sign_up(fresh_address(), password, "2999-01-01")),
            "invalid-value");
  facility = Uuid::make();
  EXPECT_EQ(code_of(register_account, sign_up(fresh_address())), "unknown-facility");
}

TEST_F(Registration, AnInvitationBindsTheRecordItNames) {  // ID-5
  const auto address = fresh_address();
  const auto patient = Uuid::make();
  ASSERT_TRUE(
      deliver("PatientInvited", invitation(patient, address), events::on_patient_binding, now));
  EXPECT_NE(told("AccountMailRequested").back().find(R"("kind":"INVITE")"), std::string::npos);
  EXPECT_NE(told("AccountMailRequested").back().find(R"("language":"hi")"), std::string::npos);
  const auto token = mailed(address);
  EXPECT_EQ(code_of(sign_in, sign_in_as(address, password)), "bad-credentials");
  EXPECT_EQ(code_of(accept_invite, accept_with(token, "password123")), "weak-password");
  EXPECT_EQ(code_of(verify_email, with_token(token)), "bad-token");  // another kind of token
  EXPECT_EQ(code_of(accept_invite, accept_with(token, password)), "");
  EXPECT_EQ(code_of(accept_invite, accept_with(token, password)), "bad-token");
  const auto signed_in = call(sign_in, sign_in_as(address, password));
  ASSERT_TRUE(signed_in);
  const auto account = json::parse(signed_in->body)->at("account");
  EXPECT_EQ(account.at("binding"), "PENDING");
  EXPECT_EQ(told("PatientInviteAccepted").back(),
            R"({"account_id":")" + account.at("id").get<std::string>() + R"(","facility_id":")" +
                facility.str() + R"(","patient_id":")" + patient.str() + R"(","email":")" +
                address + "\"}");
  // The registry binds; the next token carries it.
  ASSERT_TRUE(deliver("PatientUpdated",
                      R"({"patient_id":")" + patient.str() + R"(","account_id":")" +
                          account.at("id").get<std::string>() + "\"}",
                      events::on_patient, now));
  const auto bound = json::parse(call(sign_in, sign_in_as(address, password))->body)->at("account");
  EXPECT_EQ(bound.at("binding"), "BOUND");
  EXPECT_EQ(bound.at("patient_id"), patient.str());
}

TEST_F(Registration, AnInvitedStaffMemberKeepsTheirRoles) {
  const auto address = fresh_address();
  const auto doctor = add_account("doctor", address);
  ASSERT_TRUE(deliver("PatientInvited", invitation(Uuid::make(), address),
                      events::on_patient_binding, now));
  EXPECT_EQ(code_of(accept_invite, accept_with(mailed(address), other_password)), "");
  const auto account = store::get_account(session, doctor.id);
  const std::vector<domain::Membership> expected{{facility, {"doctor", "patient"}}};
  EXPECT_EQ(account->memberships, expected);
}

TEST_F(Registration, AnOldInvitationIsNotMailed) {
  const auto address = fresh_address();
  ASSERT_TRUE(deliver("PatientInvited", invitation(Uuid::make(), address),
                      events::on_patient_binding, now - 25h));
  EXPECT_EQ(mailed(address), "");
}

TEST_F(Registration, ARefusedRecordShowsInTheAccount) {  // ID-5
  const auto address = fresh_address();
  const auto id = verified(address).at("id").get<std::string>();
  ASSERT_TRUE(deliver("PatientBindingRefused",
                      R"({"account_id":")" + id + R"(","facility_id":")" + facility.str() +
                          R"(","reason":"BIRTH_DATE_DIFFERS"})",
                      events::on_patient_binding, now));
  EXPECT_EQ(store::get_account(session, *Uuid::parse(id))->binding, domain::BindingState::refused);
}

/// A bound record whose patient wishes another address.
class Wish : public Registration {
 protected:
  void SetUp() override {
    Registration::SetUp();
    account = *Uuid::parse(verified(first).at("id").get<std::string>());
    record_says("", now - 1h);
  }
  /// The record's fact: it waits for this address, or for none.
  void record_says(const std::string& pending, Instant at) {
    const auto waits = pending.empty() ? "" : R"(,"email_pending":")" + pending + "\"";
    ASSERT_TRUE(deliver(
        "PatientUpdated",
        R"({"patient_id":")" + patient + R"(","account_id":")" + account.str() + "\"" + waits + "}",
        events::on_patient, at));
  }
  void wishes(const std::string& address, Instant at) {
    ASSERT_TRUE(deliver("PatientEmailChangeRequested",
                        R"({"patient_id":")" + patient + R"(","facility_id":")" + facility.str() +
                            R"(","account_id":")" + account.str() + R"(","address":")" + address +
                            R"(","language":"en"})",
                        events::on_patient_binding, at));
  }
  std::optional<std::string> email() { return store::get_account(session, account)->email; }

  const std::string patient = Uuid::make().str();
  const std::string first = fresh_address();
  const std::string next = fresh_address();
  Uuid account;
};

TEST_F(Wish, ANewAddressIsProvedBeforeItCounts) {  // ID-5, PAT-8
  wishes(next, now);
  record_says(next, now);
  EXPECT_EQ(email(), first);
  EXPECT_EQ(code_of(verify_email, with_token(mailed(next))), "");
  EXPECT_EQ(email(), next);
  EXPECT_NE(told("PatientEmailVerified").back().find(next), std::string::npos);
  EXPECT_EQ(code_of(sign_in, sign_in_as(next, password)), "");
}

// Whoever reads a mistyped mailbox must not get the account, in whatever order the registry's two
// topics arrive.
TEST_F(Wish, OneThatWasGivenUpDoesNotCountInWhateverOrder) {  // ID-5, PAT-8
  wishes(next, now - 30s);
  record_says(next, now - 30s);
  record_says("", now - 20s);  // by the desk
  EXPECT_EQ(code_of(verify_email, with_token(mailed(next))), "bad-token");
  const auto late = fresh_address();
  record_says("", now - 5s);
  wishes(late, now - 10s);
  EXPECT_EQ(code_of(verify_email, with_token(mailed(late))), "bad-token");
  const auto again = fresh_address();
  wishes(again, now);
  record_says(late, now - 10s);  // old news
  EXPECT_EQ(code_of(verify_email, with_token(mailed(again))), "");
  EXPECT_EQ(email(), again);
}

TEST_F(Wish, AnErasedRecordLeavesNoAddressBehind) {  // PAT-6
  const db::Statement waits{"waits", "SELECT address FROM wished_address WHERE patient_id = $1"};
  record_says(next, now);
  EXPECT_EQ(session.read(waits, *Uuid::parse(patient)).size(), 1U);
  ASSERT_TRUE(deliver("PatientDeleted", "{}", events::on_patient, now, patient));
  EXPECT_TRUE(session.read(waits, *Uuid::parse(patient)).empty());
}

TEST_F(Wish, ARecordThatIsNotTheAccountsAnyMoreWaitsForNothing) {
  wishes(next, now);
  record_says(next, now);
  ASSERT_TRUE(deliver("PatientUpdated", R"({"patient_id":")" + patient + "\"}", events::on_patient,
                      now + 1s));
  EXPECT_EQ(code_of(verify_email, with_token(mailed(next))), "bad-token");
  EXPECT_EQ(email(), first);
}

TEST_F(Registration, AForgottenPasswordIsReplacedOnceAndEndsEverySignIn) {  // ID-3
  const auto address = fresh_address();
  const auto account = add_account("nurse", address);
  ASSERT_TRUE(call(sign_in, sign_in_as(address, password)));
  const auto known = call(forgot_password, R"({"login":")" + account.login + "\"}");
  const auto unknown = call(forgot_password, R"({"login":"nobody-at-all"})");
  ASSERT_TRUE(known && unknown);
  EXPECT_EQ(known->status, 202);
  EXPECT_EQ(known->body, unknown->body);
  const auto token = mailed(address);
  EXPECT_EQ(code_of(recover_password, recover_with(token, "password123")), "weak-password");
  EXPECT_EQ(code_of(recover_password, recover_with(token, other_password)), "");
  EXPECT_EQ(revoked.size(), 1U);
  EXPECT_EQ(code_of(recover_password, recover_with(token, other_password)), "bad-token");
  EXPECT_EQ(code_of(sign_in, sign_in_as(address, other_password)), "");
}

TEST_F(Registration, AnAddressNobodyProvedDoesNotBlockTheAdministrator) {
  const auto address = fresh_address();
  ASSERT_TRUE(call(register_account, sign_up(address)));
  principal.account_id = add_account("admin").id;
  principal.facility_id = facility;
  principal.roles = {auth::Role::admin};
  const auto body = R"({"login":"n)" + address.substr(1, 8) + R"(","email":")" + address +
                    R"(","display_name":"Nadia","memberships":[{"facility_id":")" + facility.str() +
                    R"(","roles":["nurse"]}]})";
  const auto made = call(create_account, body);
  ASSERT_TRUE(made) << made.error().code;
  EXPECT_EQ(made->status, 201);
  EXPECT_TRUE(json::parse(made->body)->contains("one_time_password"));
  EXPECT_EQ(code_of(create_account, body), "already-exists");
}

// The events' examples, byte for byte [INT-3].
TEST(IdentityEvents, AreWrittenAsTheirExamples) {
  const auto example = [](const char* type) { return testing::event_example(type); };
  const auto account = *Uuid::parse("019ab915-0775-759f-9a1f-a94234bc3a07");
  const auto facility = *Uuid::parse("019ab987-c597-7285-8ce4-1492615ad2e2");
  domain::MailToken token;
  token.account_id = account;
  token.facility_id = facility;
  token.address = "asha@mail.example";
  EXPECT_EQ(events::encode_account_mail(token, "en-IN", "example-single-use-token",
                                        *parse_instant("2026-11-24T10:30:00Z")),
            example("AccountMailRequested"));
  const auto person = events::decode_person(
      R"({"given_name":"Asha","family_name":"Example","birth_date":"1990-02-28","sex":"FEMALE","phone":"+910000000001"})");
  ASSERT_TRUE(person);
  EXPECT_EQ(events::encode_self_registered(account, facility, "asha@mail.example",
                                           events::encode_person(*person)),
            example("PatientSelfRegistered"));
  const auto invited = events::decode_invitation(example("PatientInvited"));
  ASSERT_TRUE(invited);
  EXPECT_EQ(events::encode_address_proved(account, facility, invited->patient_id, invited->address),
            example("PatientInviteAccepted"));
  EXPECT_TRUE(events::decode_address_change(example("PatientEmailChangeRequested")));
  EXPECT_EQ(*events::decode_refusal(example("PatientBindingRefused")), account);
}

}  // namespace ambula::identity::api::registration_test
