#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <ambula/bus/cluster.hpp>
#include <ambula/db/session.hpp>

namespace ambula::outbox {

struct RelayOptions {
  db::Options database;
  bus::Cluster cluster;
  std::string source;  ///< "/services/scheduling"
  std::size_t batch_max{1000};
  /// For rows that nobody wakes us for: those of sister replicas.
  std::chrono::milliseconds poll_interval{50};
  /// The same for half a second after such rows were found, because more will follow.
  std::chrono::milliseconds busy_interval{2};
  std::chrono::milliseconds lease_duration{5000};
  std::chrono::hours sent_kept{7 * 24};
  /// Topics whose rows are deleted once sent instead of marked, besides the catalogue's secret ones
  /// (account mail).
  std::vector<std::string> delete_after_send;
};

/// Moves committed outbox rows to Kafka on a thread of its own: one relay per service at a time
/// (lease row with a fencing epoch), in id order, marked only after the delivery report and only
/// while the lease is ours.
class Relay {
 public:
  explicit Relay(RelayOptions options);
  /// Without stop() before it, ends as a crash would: nothing is flushed and the lease runs out by
  /// itself.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  void start();
  /// Tells it that something was committed; from any thread, cheap.
  void wake();
  /// Sends what is there (at most `limit`), gives the lease up, ends the thread.
  void stop(std::chrono::milliseconds limit);
  /// Whether the database and the brokers answered at the last pass.
  bool healthy() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::outbox
