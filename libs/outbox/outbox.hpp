#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/uuid.hpp>
#include <ambula/db/migrate.hpp>
#include <ambula/db/params.hpp>

namespace ambula::outbox {

/// Who and what caused the events of one command or reaction.
struct Cause {
  std::optional<Uuid> actor_id;
  std::optional<Uuid> causation_id;  ///< the event reacted to
  std::string traceparent;
};

/// The events of one aggregate in one statement. As parameters of a statement it becomes six:
/// `$n::uuid[]` ids, `$n+1::text[]` types, `$n+2::text[]` payloads, then actor, causation (uuid)
/// and traceparent (text). The statement inserts them *selecting from* the RETURNING of the locked
/// write, so that ids rise in commit order per aggregate (docs/architecture.md, "Events").
class Events {
 public:
  /// A cause without a trace (a job's) belongs to the trace of the current scope, else to one that
  /// begins here: each event has one.
  explicit Events(Cause cause);
  /// `type` without prefix; `data` is the event's JSON made by events/codec.cpp. Its id is made
  /// here.
  Events& add(std::string_view type, std::string data);
  /// A tombstone (compacted topics): erases the key's earlier events from the topic. Counts as an
  /// event.
  Events& add_tombstone();
  std::size_t size() const { return types_.size(); }
  bool empty() const { return types_.empty(); }
  friend void append_param(db::Params& params, const Events& events);

 private:
  Cause cause_;
  std::vector<std::string> ids_;
  std::vector<std::string> types_;
  std::vector<std::optional<std::string>> payloads_;
};

/// Tables outbox, inbox, inbox_position, consumer_offset, parked_event, relay_lease,
/// idempotency_key. Component name for db::migrate: "platform".
std::span<const db::Migration> migrations();

}  // namespace ambula::outbox
