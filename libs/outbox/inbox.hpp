#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/bus/cluster.hpp>
#include <ambula/bus/event.hpp>
#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

namespace ambula::outbox {

/// What a handler is given: the transaction that also holds the inbox row and the offset.
struct Delivery {
  db::Transaction& tx;
  const bus::Event& event;
  Instant now;
  /// For the handler's own events: this step of the trace is theirs.
  Cause cause() const;
  /// Facts of two topics that look for each other (a check-in and the consultation that was already
  /// begun) call this first, by what both are about. Replicas handle two topics side by side: the
  /// second waits until the first has committed, and sees what it wrote. Held to the end of the
  /// transaction.
  void meet(std::string_view what, const Uuid& id) const;
};

/// Applies one event. An Error means it can never be applied as it is: the event is parked with the
/// error's code and the key held back. Transient trouble leaves as db::Unavailable and is tried
/// again. Unknown types are ignored by returning `ignored()`.
using Handle = std::function<Result<void>(Delivery&)>;

/// What a handler returns for a type that it does not know: success, and counted.
Result<void> ignored();

/// A projection writes only rows of its own schema that can be rebuilt from the topic; an effect
/// does more (mail, own events) and is never run by a rebuild. A topic may have both; a projection
/// leaves nothing to do that only an effect beside it does again.
enum class HandlerKind { projection, effect };

/// For tables with columns or rows of others: nothing is emptied before a rebuild. Each event must
/// be the full record then, so that applying it again repairs the row.
inline constexpr const char* keep_rows = "false";

/// What a projection fills, and `rebuild` empties first: a table, or those of its rows for which
/// `rows` holds.
struct Filled {
  Filled(const char* table_name, const char* which = "true") : table(table_name), rows(which) {}
  std::string_view table;
  std::string_view rows;
};

struct Subscription {
  std::string topic;
  HandlerKind kind{HandlerKind::projection};
  Handle handle;
  std::vector<Filled> tables{};  ///< a projection's
};

/// A parked event, for people; nothing of what it carries.
struct ParkedEvent {
  Uuid id;
  std::string topic;
  std::string key;
  std::string type;
  std::int64_t version;
  bool held;  ///< not to blame itself, but behind one that is
  std::string reason;
  Instant parked_at;
};

struct InboxOptions {
  db::Options database;
  bus::Cluster cluster;
  std::string group;  ///< "ambula-scheduling"; also the consumer's name in the inbox
  /// Several of one topic are called in this order.
  std::vector<Subscription> subscriptions;
  Clock clock{system_now};
  std::function<void()>
      applied;  ///< called after each committed batch (wakes the relay and parked requests)
  std::size_t batch_max{200};
  std::chrono::milliseconds backoff_max{10000};
  std::chrono::milliseconds session_timeout{10000};
  std::chrono::milliseconds fetch_wait{500};  ///< see bus::Consumer
  /// How long event ids are remembered; beyond that the aggregate version alone tells duplicates.
  std::chrono::hours inbox_kept{90 * 24};
};

/// Consumes events on a thread of its own: inbox row, effect, own outbox rows and offset in one
/// transaction; a batch is one transaction, split one by one when it fails. Duplicates (event id or
/// aggregate version) are skipped.
class Inbox {
 public:
  explicit Inbox(InboxOptions options);
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// The topics must exist in the catalogue (bus::topics).
  void start();
  /// Ends after the batch in hand.
  void stop();
  /// Whether partitions are assigned and the last poll worked.
  bool healthy() const;
  /// How old the oldest event not yet applied is; zero when we are at the end.
  std::chrono::milliseconds lag() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Operators' verbs on parked_event; they may run beside a live inbox.

/// The oldest parked events, at most `limit`.
std::vector<ParkedEvent> list_parked(db::Session& session, std::string_view consumer, int limit);

/// Applies the parked events again, each key from its first on, until one cannot be applied; how
/// many were. With an id only the key of that event; then its refusal is an Error, and a gap before
/// that very event is taken as final.
Result<int> replay_parked(db::Session& session, const std::vector<Subscription>& subscriptions,
                          std::string_view consumer, const std::optional<Uuid>& event_id,
                          Instant now);
/// Gives one parked event up: it is forgotten, and what was held back behind it can be replayed.
Result<int> drop_parked(db::Session& session, std::string_view consumer, const Uuid& event_id);

}  // namespace ambula::outbox
