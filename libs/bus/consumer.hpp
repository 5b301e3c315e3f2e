#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ambula/bus/cluster.hpp>
#include <ambula/bus/event.hpp>

namespace ambula::bus {

struct TopicPartition {
  std::string topic;
  std::int32_t partition{0};
  std::int64_t offset{-1};  ///< the next one to read; -1 = from the beginning

  bool operator==(const TopicPartition&) const = default;
};

/// A record as it came: decoded, or why it could not be.
struct Record {
  Event event;          ///< topic, key, partition, offset are always filled in
  std::string problem;  ///< non-empty: headers are not those of a CloudEvent; never contains data
};

/// A partition whose log does not have what comes next for us.
struct OutOfRange {
  TopicPartition wanted;
  std::int64_t low{0};   ///< the first record that can be read
  std::int64_t high{0};  ///< one after the last
};

/// Member of a consumer group (range assignor, no auto commit, no reset of offsets on its own).
/// Belongs to one thread. Offsets come from the caller's own store at assignment; Kafka's committed
/// offsets only serve lag metrics.
class Consumer {
 public:
  struct Options {
    Cluster cluster;
    std::string group;
    std::vector<std::string> topics;
    std::chrono::milliseconds session_timeout{10000};
    /// How long a broker may hold a fetch while there is nothing; it answers at once when there is
    /// (librdkafka's mock does not).
    std::chrono::milliseconds fetch_wait{500};
    std::size_t batch_max{500};
  };
  /// Called at assignment: fills in where to go on. When it throws, poll() throws the same and asks
  /// again at the next call; nothing is read before it succeeds.
  using LoadOffsets = std::function<void(std::vector<TopicPartition>&)>;

  Consumer(Options options, LoadOffsets load_offsets);
  ~Consumer();  ///< leaves the group, at most 5 s
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// Up to batch_max records; empty after `wait` without any. Records of partitions that were taken
  /// away meanwhile are not among them.
  std::vector<Record> poll(std::chrono::milliseconds wait);
  /// Tells Kafka how far we are (asynchronously).
  void commit(const std::vector<TopicPartition>& next);
  /// Goes back to these offsets, after a batch that could not be applied. When that fails, the next
  /// poll() leaves the group and joins it anew.
  void seek(const std::vector<TopicPartition>& next);
  /// Partitions that stand still, until seek(), because their log does not reach to the next
  /// offset: records expired unread (offset < low), or the log was lost and begun anew (offset >
  /// high). What the brokers cannot tell yet is told at a later call; asks them, at most 1 s each.
  std::vector<OutOfRange> out_of_range();
  // From any thread, as of the last poll():

  /// Messages between what was polled and the end of the assigned partitions, as the brokers last
  /// told it.
  std::int64_t lag() const;
  /// Whether partitions are assigned (none is possible) and the end of each has been seen, or the
  /// lag is small.
  bool assigned() const;
  /// Whether the group has given us partitions (possibly none) and their offsets are loaded.
  bool joined() const;
  /// Whether the brokers were heard of since the last failure.
  bool healthy() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads topics from a point without a group (live views, rebuilds, tests): `assign`, no commits.
/// Belongs to one thread.
class Tail {
 public:
  Tail(const Cluster& cluster, std::vector<std::string> topics, bool from_beginning);
  ~Tail();
  Tail(const Tail&) = delete;
  Tail& operator=(const Tail&) = delete;

  /// Up to `max` records; empty after `wait` without any, also while topics or brokers are away.
  std::vector<Record> poll(std::chrono::milliseconds wait, std::size_t max = 500);
  /// Whether the end of every partition (as it was at the start) has been read.
  bool reached_end() const;
  /// Whether the topics were found, so that everything written from now on will be seen.
  bool assigned() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::bus
