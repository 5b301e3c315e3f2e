#include <ambula/base/zone.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "patient/store/bindings.hpp"
#include "record.hpp"

// Accounts that want to be a patient, and addresses that were verified [ID-5, PAT-8].
namespace ambula::patient::events {
namespace {

Act act_of(const outbox::Delivery& delivery, const Uuid& account) {
  return {delivery.now, delivery.event.actor_id.value_or(account),
          outbox::Events(delivery.cause())};
}

domain::Applicant applicant_of(db::Transaction& tx, const store::Application& application) {
  return {application.account_id, application.email, store::record_of(tx, application.account_id)};
}

void refuse(outbox::Delivery& delivery, const store::Application& application,
            const domain::Refuse& refusal, const std::optional<Uuid>& invited) {
  outbox::Events events(delivery.cause());
  events.add("PatientBindingRefused", encode_refusal({.account_id = application.account_id,
                                                      .facility_id = application.facility_id,
                                                      .patient_id = invited,
                                                      .reason = refusal.reason}));
  store::settle(delivery.tx, application, refusal.reason, refusal.candidates, events);
}

void bind(outbox::Delivery& delivery, const store::Application& application,
          const Uuid& patient_id) {
  // Every event tells the allergies too, so the record is read again as commands read it.
  const auto locked = store::lock(delivery.tx, application.facility_id, patient_id);
  if (!locked) return;
  const auto decision = decide(locked->patient, domain::Bind{application.account_id});
  record(delivery.tx, locked->patient, *decision, act_of(delivery, application.account_id));
}

/// False: what the person said breaks a rule of the registry. The gateway asks for the same, so it
/// is rare; the desk is shown it, as nobody else could help.
Result<bool> create(outbox::Delivery& delivery, const store::Application& application,
                    const store::Facility& facility) {
  auto details = *application.person;
  details.email = application.email;
  auto decision =
      decide(domain::Register{std::move(details)}, local_date(facility.zone, delivery.now));
  if (!decision) return false;
  decision->front().account_id = application.account_id;
  const auto made = record_new(delivery.tx, application.facility_id, facility, *decision,
                               act_of(delivery, application.account_id));
  if (!made) return made.error();
  return true;
}

/// Decides about somebody who signed up; the facility is known by now.
Result<void> settle(outbox::Delivery& delivery, const store::Application& application,
                    const store::Facility& facility) {
  const auto matches = store::lock_matches(delivery.tx, application.facility_id, application.email);
  const auto binding = bind_self_registered(applicant_of(delivery.tx, application),
                                            application.person->birth_date, matches);
  if (const auto* refusal = std::get_if<domain::Refuse>(&binding)) {
    refuse(delivery, application, *refusal, std::nullopt);
    return {};
  }
  if (const auto* to = std::get_if<domain::BindTo>(&binding)) {
    bind(delivery, application, to->patient_id);
  } else if (std::holds_alternative<domain::CreateRecord>(binding)) {
    const auto made = create(delivery, application, facility);
    if (!made) return made.error();
    if (!*made) {
      refuse(delivery, application, {domain::Refusal::details_invalid, {}}, std::nullopt);
      return {};
    }
  }
  store::settle(delivery.tx, application, std::nullopt, {}, outbox::Events(delivery.cause()));
  return {};
}

Result<void> on_self_registered(outbox::Delivery& delivery) {
  const auto fact = decode_self_registration(delivery.event.data);
  if (!fact) return fact.error();
  domain::Details person;
  person.given_name = fact->given_name;
  person.family_name = fact->family_name;
  person.birth_date = fact->birth_date;
  person.sex = fact->sex;
  person.phone = fact->phone;
  const store::Application application{fact->account_id, fact->facility_id, fact->email,
                                       std::move(person), delivery.event.time};
  store::note(delivery.tx, application);
  const auto facility = store::facility(delivery.tx, fact->facility_id);
  if (!facility) return {};  // settled when the facility is told of
  return settle(delivery, application, *facility);
}

Result<void> on_invite_accepted(outbox::Delivery& delivery) {
  const auto fact = decode_verified(delivery.event.data);
  if (!fact) return fact.error();
  const store::Application application{fact->account_id, fact->facility_id, fact->email,
                                       std::nullopt, delivery.event.time};
  store::note(delivery.tx, application);
  const auto locked = store::lock(delivery.tx, fact->facility_id, fact->patient_id);
  const auto binding = bind_invited(applicant_of(delivery.tx, application), fact->patient_id,
                                    locked ? &locked->patient : nullptr);
  if (const auto* refusal = std::get_if<domain::Refuse>(&binding)) {
    refuse(delivery, application, *refusal, fact->patient_id);
    return {};
  }
  if (std::holds_alternative<domain::BindTo>(binding)) {
    bind(delivery, application, fact->patient_id);
  }
  store::settle(delivery.tx, application, std::nullopt, {}, outbox::Events(delivery.cause()));
  return {};
}

/// What the record does not wait for (any more) changes nothing.
Result<void> on_email_verified(outbox::Delivery& delivery) {
  const auto fact = decode_verified(delivery.event.data);
  if (!fact) return fact.error();
  const auto locked = store::lock(delivery.tx, fact->facility_id, fact->patient_id);
  if (!locked) return {};
  bool free = true;
  for (const auto& other : store::lock_matches(delivery.tx, fact->facility_id, fact->email)) {
    free = free && other.id == fact->patient_id;
  }
  const auto decision =
      decide(locked->patient, domain::VerifyEmail{fact->account_id, fact->email, free});
  if (!decision) return {};
  record(delivery.tx, locked->patient, *decision, act_of(delivery, fact->account_id));
  return {};
}

}  // namespace

/// Accounts have no facility in their headers; the data names it.
Result<void> on_self_registration(outbox::Delivery& delivery) {
  const auto& type = delivery.event.type;
  if (type == "PatientSelfRegistered") return on_self_registered(delivery);
  if (type == "PatientInviteAccepted") return on_invite_accepted(delivery);
  if (type == "PatientEmailVerified") return on_email_verified(delivery);
  return outbox::ignored();
}

Result<void> settle_waiting(outbox::Delivery& delivery) {
  const auto id = Uuid::parse(delivery.event.key);
  const auto facility = id ? store::facility(delivery.tx, *id) : std::nullopt;
  if (!facility) return {};
  for (const auto& application : store::lock_waiting(delivery.tx, *id)) {
    // One that cannot be applied goes on waiting: it must not hold back what is told of the
    // facility.
    (void)settle(delivery, application, *facility);
  }
  return {};
}

}  // namespace ambula::patient::events
