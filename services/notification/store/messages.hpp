#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "notification/domain/message.hpp"

namespace ambula::notification::store {

/// False when the intent is there already: nothing was added.
bool insert(db::Transaction& tx, const domain::Message& message);
/// The longest due that nobody else has in hand.
std::optional<domain::Message> lock_due(db::Transaction& tx, Instant now);
std::optional<domain::Message> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id);
/// All of the message's intent, by resend_no.
std::vector<domain::Message> lock_intent(db::Transaction& tx, const domain::Message& message);
/// Saves the state after `event`, with its history and what others are told; the new version.
std::int64_t save(db::Transaction& tx, const domain::Message& message, const domain::Event& event,
                  const outbox::Events& events);
void postpone(db::Transaction& tx, const domain::Message& message);
/// What is known now about the message's fact and recipient.
domain::Facts facts(db::Transaction& tx, const domain::Message& message);
std::optional<domain::Facility> facility(db::Session& session, const Uuid& id);

std::optional<domain::Message> get(db::Session& session, const Uuid& facility, const Uuid& id);
struct ListFilter {
  std::optional<Uuid> patient_id;
  std::optional<domain::Status> status;
  std::optional<domain::Template> template_name;
};
/// Newest first.
std::vector<domain::Message> list(db::Session& session, const Uuid& facility,
                                  const ListFilter& filter,
                                  const std::optional<std::pair<Instant, Uuid>>& after, int limit);
/// How many stand in each state that is of interest.
std::map<domain::Status, int> count(db::Session& session);

/// How long the mail that waits longest is overdue.
double oldest_due_age_s(db::Session& session, Instant now);

/// Keeps the sender's lock as long as this connection lives; false when another process has it.
bool hold_sender(db::Session& session, const Uuid& sender);
/// Senders other than this one that have messages in hand.
std::vector<Uuid> other_senders(db::Session& session, const Uuid& sender);
/// Whether that sender's process or connection is gone.
bool is_gone(db::Transaction& tx, const Uuid& sender);
std::vector<domain::Message> lock_of_sender(db::Transaction& tx, const Uuid& sender);

}  // namespace ambula::notification::store
