#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include <ambula/bus/cluster.hpp>
#include <ambula/db/session.hpp>
#include <ambula/http/channel.hpp>

#include "queue/store/live.hpp"

// Live views of queues by server-sent events [QUE-8].
namespace ambula::queue::live {

/// How one reader is told of an entry: JSON on one line.
using Show = std::function<std::string(const store::Named&)>;

/// Somebody who watches a queue.
struct Reader {
  Uuid facility_id;
  Uuid queue_id;
  std::string audience;  ///< readers of one audience are shown the same, so it is made once
  Show show;
  std::shared_ptr<http::Channel> channel;
  std::int64_t last{0};  ///< the last change they have been told
};

/// `id: 7`, `event: entry`, `data: …`.
std::string frame(std::int64_t id, std::string_view event, std::string_view data);

/// What a reader is told first: everything after the change they know, when each of those is still
/// kept, else what stands in the line now. nullopt: no such queue.
struct Beginning {
  std::string frames;
  std::int64_t last{0};
};
std::optional<Beginning> begin(db::Session& session, const Reader& reader,
                               std::optional<std::int64_t> last_event_id, Instant now);

/// What may wait unsent for one reader.
inline constexpr std::size_t channel_bytes = 64 * 1024;

/// The readers of this process. One thread tells them: it is woken by the topic of entries, and
/// reads what has changed from the database, where it numbers the changes of a queue without gaps.
/// So nothing is told twice, nothing is left out, and Kafka being away costs a second, not a
/// change.
class Hub {
 public:
  struct Options {
    std::chrono::milliseconds heartbeat{15000};  ///< a comment line, so that dead readers are found
    std::chrono::milliseconds resync{1000};      ///< the database is asked anyway
    std::chrono::milliseconds patience{30000};   ///< a reader that takes nothing so long is dropped
    std::size_t readers_max{4000};
  };
  Hub();
  explicit Hub(Options options);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  /// False when there are too many already, or the process is ending.
  bool add(Reader reader);
  /// Ends every stream properly; nobody is added any more.
  void close();
  std::size_t size() const;

  /// Something of this queue was committed.
  void moved(const Uuid& queue);
  /// Tells every reader what they have not been told yet. On one thread.
  void tell(db::Session& session, std::chrono::steady_clock::time_point now);
  /// Until stopped: tails the topic and tells.
  void run(std::stop_token stop, const bus::Cluster& kafka, db::Options database);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Of this process.
Hub& hub();

}  // namespace ambula::queue::live
