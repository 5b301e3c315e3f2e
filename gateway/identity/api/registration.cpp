#include "identity/domain/registration.hpp"

#include <ambula/auth/password.hpp>

#include "audit/store/rows.hpp"
#include "codec.hpp"
#include "handlers.hpp"
#include "identity/domain/password_rules.hpp"
#include "identity/events/codec.hpp"
#include "identity/mails.hpp"
#include "identity/store/accounts.hpp"
#include "identity/store/facilities.hpp"
#include "identity/store/mail_tokens.hpp"
#include "support.hpp"

// Accounts that patients make themselves or are invited to [ID-5]. Signing up answers 202 whatever
// is known about the address; what happens is told to the address's owner by mail.
namespace ambula::identity::api {
namespace {

/// A day of birth is past wherever it is already tomorrow.
Date latest_today(Instant now) {
  return Date(std::chrono::floor<std::chrono::days>(now + std::chrono::hours(14)));
}

domain::Account new_account(const Call& call, const domain::Registration& registration) {
  domain::Account account;
  account.id = Uuid::make(call.now());
  account.login = registration.email;
  account.email = registration.email;
  account.display_name = display_name(registration.person);
  account.memberships = {{registration.facility_id, {"patient"}}};
  account.record = {1, call.now(), Uuid{}, call.now(), Uuid{}};
  return account;
}

/// The account of the address: the one there is, or a new one; locked.
domain::Account account_of(Call& call, db::Transaction& tx,
                           const domain::Registration& registration, const std::string& hash) {
  const auto made = new_account(call, registration);
  store::insert_unverified(tx, made, hash);
  return store::lock_account_of_address(tx, registration.email).value_or(made);
}

/// A sign-up of an address that has an account already gets a mail as well, one that helps its
/// owner to sign in.
domain::MailToken token_for(const domain::Account& account,
                            const domain::Registration& registration, const std::string& hash) {
  domain::MailToken token;
  token.account_id = account.id;
  token.address = *account.email;
  token.facility_id = registration.facility_id;
  token.kind = account.email_verified ? domain::MailKind::reset : domain::MailKind::verify;
  if (account.email_verified) return token;
  token.password_hash = hash;
  token.person = events::encode_person(registration.person);
  return token;
}

Result<Answer> finish_register(Call& call, const RegisterInput& input, const std::string& hash) {
  call.compare_by(input.comparable);
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto& registration = input.registration;
    const auto facility = store::get_facility(tx, registration.facility_id);
    if (!facility) {
      return rule_broken("unknown-facility", "There is no such facility.", "/facility_id");
    }
    auto rows = audit_rows(call, "register", audit::outcome_success, nullptr);
    rows.front().facility_id = facility->id;
    audit::store::insert(tx, rows);
    auto account = account_of(call, tx, registration, hash);
    if (!account.active) return accepted();
    if (!account.email_verified) {
      account.record.updated_at = domain::changed_at(account.record.updated_at, call.now());
      store::save(tx, account, hash, outbox::Events(outbox::Cause{}));
    }
    mail_token(tx, token_for(account, registration, hash), facility->locale, call.events(),
               call.now());
    return accepted();
  });
}

/// The account is its owner's from here on: what was mailed to it before works no more.
void open_account(Call& call, db::Transaction& tx, domain::Account& account,
                  const std::string& hash, const std::optional<Uuid>& invited_patient) {
  const auto type = account.email_verified ? "AccountUpdated" : "AccountCreated";
  account.email_verified = true;
  account.must_change_password = false;
  if (!account.patient_id) account.binding = domain::BindingState::pending;
  account.record.updated_at = domain::changed_at(account.record.updated_at, call.now());
  account.record.updated_by = account.id;
  auto events = call.events();
  events.add(type, events::encode_account(account));
  account.record.version = store::save(tx, account, hash, events);
  store::drop_mail_tokens(tx, account.id, invited_patient);
}

void tell(Call& call, db::Transaction& tx, const domain::MailToken& token, std::string_view type,
          std::string data) {
  auto events = call.events();
  events.add(type, std::move(data));
  store::tell_registration(tx, token.account_id, token.facility_id.value_or(Uuid{}), events);
}

/// The sign-up whose mail was followed becomes the account, whoever else typed the same address.
Result<void> finish_sign_up(Call& call, db::Transaction& tx, domain::Account& account,
                            const domain::MailToken& token) {
  const auto person = events::decode_person(*token.person);
  if (!person || account.email_verified) return bad_token();
  account.display_name = display_name(*person);
  account.memberships.clear();
  add_role(account, *token.facility_id, "patient");
  open_account(call, tx, account, token.password_hash.value_or(auth::dummy_hash()), std::nullopt);
  tell(
      call, tx, token, "PatientSelfRegistered",
      events::encode_self_registered(account.id, *token.facility_id, token.address, *token.person));
  return {};
}

/// A new address, proved: the record gets it, and the account unless another one has it. One that
/// the patient or the desk gave up meanwhile, or of a record that is not the account's any more, is
/// somebody else's mailbox.
Result<void> finish_address_change(Call& call, db::Transaction& tx, domain::Account& account,
                                   const domain::MailToken& token) {
  if (account.patient_id != token.patient_id || store::is_given_up(tx, token)) return bad_token();
  store::drop_unverified(tx, token.address, account.id);
  const auto holder = store::lock_account_of_address(tx, token.address);
  if (!holder || holder->id == account.id) {
    if (account.login == account.email) account.login = token.address;
    account.email = token.address;
    account.record.updated_at = domain::changed_at(account.record.updated_at, call.now());
    account.record.updated_by = account.id;
    account.record.version =
        store::save(tx, account, std::nullopt, outbox::Events(outbox::Cause{}));
  }
  tell(call, tx, token, "PatientEmailVerified",
       events::encode_address_proved(account.id, *token.facility_id, *token.patient_id,
                                     token.address));
  return {};
}

Result<Answer> finish_accept(Context& context, Call& call, const NewPasswordInput& input,
                             const std::string& hash) {
  std::vector<Uuid> ended;
  call.compare_by(hash_of_mail_token(input.token));
  auto answer = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto token = store::take_mail_token(tx, hash_of_mail_token(input.token),
                                              domain::MailKind::invite, call.now());
    auto account = token ? store::lock_account(tx, token->account_id) : std::nullopt;
    if (!account || !account->active) return bad_token();
    add_role(*account, *token->facility_id, "patient");
    open_account(call, tx, *account, hash, token->patient_id);
    tell(call, tx, *token, "PatientInviteAccepted",
         events::encode_address_proved(account->id, *token->facility_id, *token->patient_id,
                                       token->address));
    ended = store::end_sessions(tx, account->id, std::nullopt, call.now(),
                                context.tokens_expire(call.now()));
    audit::store::insert(
        tx, audit_rows_of_change(call, "accept_invite", *account, {"password", "memberships"}));
    return service::no_content();
  });
  if (answer) context.revoke_sessions(ended, call.now());
  return answer;
}

}  // namespace

Result<Answer> register_account(Context& context, Call& call) {
  auto input = decode_register(call.body());
  if (!input) return input.error();
  const auto& wanted = input->registration;
  if (auto good = check_registration(wanted, latest_today(call.now())); !good) return good.error();
  const auto name = display_name(wanted.person);
  if (auto good = domain::check_password(input->password, {wanted.email, name}, "/password");
      !good) {
    return good.error();
  }
  const auto wait =
      context.attempt("register " + wanted.email, call.request().remote_addr, call.now());
  if (wait) return slow_down("too-many-sign-ups", "Wait before the next try.", *wait);
  return hash_then(context, HashPool::Lane::stranger, [input = *std::move(input)]() {
    return service::Rest([input, hash = auth::hash_password(input.password)](Call& rest) {
      return finish_register(rest, input, hash);
    });
  });
}

Result<Answer> verify_email(Context&, Call& call) {
  const auto secret = decode_mail_token(call.body());
  if (!secret) return secret.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto token = store::take_mail_token(tx, hash_of_mail_token(*secret),
                                              domain::MailKind::verify, call.now());
    auto account = token ? store::lock_account(tx, token->account_id) : std::nullopt;
    if (!account || !account->active) return bad_token();
    if (token->person) {
      if (auto done = finish_sign_up(call, tx, *account, *token); !done) return done.error();
    } else {
      if (auto done = finish_address_change(call, tx, *account, *token); !done) return done.error();
    }
    audit::store::insert(tx, audit_rows_of_change(call, "verify_email", *account, {"email"}));
    return service::ok(encode(*account), account->record.version);
  });
}

Result<Answer> accept_invite(Context& context, Call& call) {
  const auto input = decode_new_password(call.body(), "password");
  if (!input) return input.error();
  const auto token = store::find_mail_token(call.session(), hash_of_mail_token(input->token),
                                            domain::MailKind::invite, call.now());
  const auto account = token ? store::get_account(call.session(), token->account_id) : std::nullopt;
  if (!account) return used_token(call, input->token);
  if (auto good = domain::check_password(input->password, own_words(*account), "/password");
      !good) {
    return good.error();
  }
  return hash_then(context, HashPool::Lane::known, [&context, input = *input]() {
    return service::Rest([&context, input, hash = auth::hash_password(input.password)](Call& rest) {
      return finish_accept(context, rest, input, hash);
    });
  });
}

}  // namespace ambula::identity::api
