#include <ambula/auth/password.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "identity/mails.hpp"
#include "identity/store/accounts.hpp"

// Invitations, new addresses and refusals, told by the patient registry [ID-5].
namespace ambula::identity::events {
namespace {

constexpr std::chrono::hours stale{24};

/// The account that the invitation is for: the one with this address, or a new one that nobody can
/// sign in with before the invitation is accepted.
std::optional<domain::Account> account_of(outbox::Delivery& delivery,
                                          const Invitation& invitation) {
  domain::Account account;
  account.id = Uuid::make(delivery.now);
  account.login = invitation.address;
  account.email = invitation.address;
  account.display_name = invitation.display_name;
  account.memberships = {{invitation.facility_id, {"patient"}}};
  account.record.created_at = delivery.now;
  account.record.created_by = delivery.event.actor_id.value_or(Uuid{});
  // The hash of a password that nobody knows, so that a try takes as long as any other [ID-1].
  store::insert_unverified(delivery.tx, account, auth::dummy_hash());
  return store::lock_account_of_address(delivery.tx, invitation.address);
}

Result<void> invite(outbox::Delivery& delivery) {
  const auto invitation = decode_invitation(delivery.event.data);
  if (!invitation) return invitation.error();
  const auto account = account_of(delivery, *invitation);
  if (!account || !account->active) return {};
  domain::MailToken token;
  token.account_id = account->id;
  token.kind = domain::MailKind::invite;
  token.address = invitation->address;
  token.facility_id = invitation->facility_id;
  token.patient_id = invitation->patient_id;
  mail_token(delivery.tx, token, invitation->language, outbox::Events(delivery.cause()),
             delivery.now);
  return {};
}

Result<void> verify_new_address(outbox::Delivery& delivery) {
  const auto change = decode_address_change(delivery.event.data);
  if (!change) return change.error();
  const auto account = store::lock_account(delivery.tx, change->account_id);
  if (!account || !account->active) return {};
  domain::MailToken token;
  token.account_id = account->id;
  token.kind = domain::MailKind::verify;
  token.address = change->address;
  token.facility_id = change->facility_id;
  token.patient_id = change->patient_id;
  token.wished_at = delivery.event.time;
  mail_token(delivery.tx, token, change->language, outbox::Events(delivery.cause()), delivery.now);
  return {};
}

Result<void> refuse(outbox::Delivery& delivery) {
  const auto id = decode_refusal(delivery.event.data);
  if (!id) return id.error();
  auto account = store::lock_account(delivery.tx, *id);
  // One that has a record keeps it: it was refused a second one.
  if (!account || account->patient_id) return {};
  account->binding = domain::BindingState::refused;
  account->record.updated_at = domain::changed_at(account->record.updated_at, delivery.now);
  account->record.updated_by = delivery.event.actor_id.value_or(Uuid{});
  store::save(delivery.tx, *account, std::nullopt, outbox::Events(delivery.cause()));
  return {};
}

}  // namespace

Result<void> on_patient_binding(outbox::Delivery& delivery) {
  const auto& type = delivery.event.type;
  if (type == "PatientBindingRefused") return refuse(delivery);
  const bool mails = type == "PatientInvited" || type == "PatientEmailChangeRequested";
  if (!mails) return outbox::ignored();
  // A mail about something long ago only confuses; the desk can invite again.
  if (delivery.now - delivery.event.time > stale) return {};
  return type == "PatientInvited" ? invite(delivery) : verify_new_address(delivery);
}

}  // namespace ambula::identity::events
