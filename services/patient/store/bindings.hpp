#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "patient/domain/binding.hpp"

namespace ambula::patient::store {

/// An account that wants a record, with what the person said about themselves.
struct Application {
  Uuid account_id;
  Uuid facility_id;
  std::string email;
  std::optional<domain::Details> person;  ///< names, birth date, sex, phone; not of an invitation
  Instant at;
};

/// Locks the ACTIVE records of the facility that have this address.
std::vector<domain::Patient> lock_matches(db::Transaction& tx, const Uuid& facility,
                                          const std::string& email);
/// The record that the account has.
std::optional<Uuid> record_of(db::Transaction& tx, const Uuid& account);

/// Remembers an application as WAITING.
void note(db::Transaction& tx, const Application& application);
/// It was bound (no reason), or refused with the event that says so.
void settle(db::Transaction& tx, const Application& application,
            const std::optional<domain::Refusal>& reason, const std::vector<Uuid>& candidates,
            const outbox::Events& events);
/// Those that wait for this facility, locked.
std::vector<Application> lock_waiting(db::Transaction& tx, const Uuid& facility);

struct RefusedBinding {
  Uuid account_id;
  Instant at;
  std::string reason;
  std::string given_name;
  std::optional<std::string> family_name;
  Date birth_date{};
  std::vector<Uuid> candidates;
};
/// Newest first, before the cursor's (at, account id).
std::vector<RefusedBinding> list_refused(db::Session& session, const Uuid& facility,
                                         const std::optional<std::pair<Instant, Uuid>>& before,
                                         int limit);

}  // namespace ambula::patient::store
