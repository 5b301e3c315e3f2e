#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <ambula/bus/cluster.hpp>
#include <ambula/bus/event.hpp>

namespace ambula::bus {

/// Idempotent producer (acks=all). Belongs to one thread.
class Producer {
 public:
  Producer(Cluster cluster, std::string client_id);
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  /// Produces the events in order and waits for every delivery report, at most `limit`. Returns for
  /// each event whether it is known to be written. After a false, later events of the same key must
  /// be taken as not written either and be sent again in order; of a key, the events known to be
  /// written are always the first ones. A fatal librdkafka error is healed by a new instance at the
  /// next call. Without events it serves librdkafka's callbacks and asks brokers that were away for
  /// a sign of life (at most 1 s): call it now and then when there is nothing to send.
  std::vector<bool> send(const std::vector<Event>& events, std::chrono::milliseconds limit);

  /// Whether the brokers were heard of since the last failure. From any thread.
  bool healthy() const;

  /// Whether an event of the last send() was refused (too large, no such topic), as opposed to not
  /// answered in time.
  bool refused() const;

  /// Makes a running send() return soon (what has no report yet is "not written") and later ones at
  /// once. From any thread; for the end of the process.
  void interrupt();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::bus
