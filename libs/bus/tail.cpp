#include <map>
#include <optional>
#include <utility>

#include <ambula/bus/client.hpp>
#include <ambula/bus/consumer.hpp>

namespace ambula::bus {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds metadata_limit{1000};

struct Range {
  std::int64_t position{0};
  std::int64_t end{0};  // as it was at the start
};

using Ranges = std::map<std::pair<std::string, std::int32_t>, Range>;

/// Number of partitions; nullopt while the topic or the brokers are away.
std::optional<int> partition_count(rd_kafka_t* handle, const std::string& topic) {
  using Topic = std::unique_ptr<rd_kafka_topic_t, Destroyer<rd_kafka_topic_destroy>>;
  const Topic only(rd_kafka_topic_new(handle, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* raw = nullptr;
  const auto error = rd_kafka_metadata(handle, 0, only.get(), &raw, to_ms(metadata_limit));
  const Metadata metadata(raw);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || metadata->topic_cnt != 1 ||
      metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR ||
      metadata->topics[0].partition_cnt == 0) {
    return std::nullopt;
  }
  return metadata->topics[0].partition_cnt;
}

}  // namespace

struct Tail::Impl {
  std::vector<std::string> topics;
  bool from_beginning{false};
  Handle handle;
  std::optional<Ranges> ranges;

  bool find_ranges();
  void assign();
  void accept(const rd_kafka_message_t& message, std::vector<Record>& batch);
};

/// Offsets are asked for and assigned as numbers: "end" would be resolved at the first fetch, and
/// what is written between the two would never be seen.
bool Tail::Impl::find_ranges() {
  Ranges found;
  for (const auto& topic : topics) {
    const auto count = partition_count(handle.get(), topic);
    if (!count) return false;
    for (int partition = 0; partition < *count; ++partition) {
      std::int64_t low = 0;
      std::int64_t high = 0;
      const auto error = rd_kafka_query_watermark_offsets(handle.get(), topic.c_str(), partition,
                                                          &low, &high, to_ms(metadata_limit));
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
      found[{topic, partition}] = {from_beginning ? low : high, high};
    }
  }
  ranges = std::move(found);
  return true;
}

void Tail::Impl::assign() {
  std::vector<TopicPartition> partitions;
  for (const auto& [where, range] : *ranges) {
    partitions.push_back({where.first, where.second, range.position});
  }
  const auto error = rd_kafka_assign(handle.get(), to_list(partitions).get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_client_error("tail_assign", error);
    ranges.reset();
  }
}

void Tail::Impl::accept(const rd_kafka_message_t& message, std::vector<Record>& batch) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // Compaction and markers leave holes: the end can be reached without a record before it.
    const auto found = ranges->find({rd_kafka_topic_name(message.rkt), message.partition});
    if (found != ranges->end()) found->second.position = message.offset;
  } else if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_client_error("tail", message.err);
  } else {
    batch.push_back(to_record(message));
    const auto& event = batch.back().event;
    (*ranges)[{event.topic, event.partition}].position = message.offset + 1;
  }
}

Tail::Tail(const Cluster& cluster, std::vector<std::string> topics, bool from_beginning)
    : impl_(std::make_unique<Impl>()) {
  impl_->topics = std::move(topics);
  impl_->from_beginning = from_beginning;
  auto conf = common_conf(cluster, "ambula-tail");
  set(conf.get(), "group.id", "ambula-tail");  // asked for by librdkafka, never joined
  set(conf.get(), "enable.auto.commit", "false");
  set(conf.get(), "enable.auto.offset.store", "false");
  set(conf.get(), "auto.offset.reset", "earliest");
  set(conf.get(), "fetch.wait.max.ms", "500");
  set(conf.get(), "fetch.error.backoff.ms", "100");
  set(conf.get(), "queued.max.messages.kbytes", "16384");
  set(conf.get(), "check.crcs", "true");
  set(conf.get(), "enable.partition.eof", "true");
  impl_->handle = make_handle(RD_KAFKA_CONSUMER, std::move(conf));
  rd_kafka_poll_set_consumer(impl_->handle.get());
}

Tail::~Tail() {
  // There is no group to leave, so there is nothing to close.
  destroy_bounded(std::move(impl_->handle));
}

std::vector<Record> Tail::poll(milliseconds wait, std::size_t max) {
  auto& self = *impl_;
  const auto deadline = Steady::now() + wait;
  std::vector<Record> batch;
  if (!self.ranges && self.find_ranges()) self.assign();
  while (batch.size() < max) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Steady::now());
    const Message message(
        rd_kafka_consumer_poll(self.handle.get(), batch.empty() ? to_ms(left) : 0));
    if (message && self.ranges) self.accept(*message, batch);
    if (!message && (!batch.empty() || Steady::now() >= deadline)) break;
    if (message && batch.empty() && Steady::now() >= deadline) break;
  }
  return batch;
}

bool Tail::reached_end() const {
  if (!impl_->ranges) return false;
  for (const auto& [where, range] : *impl_->ranges) {
    if (range.position < range.end) return false;
  }
  return true;
}

bool Tail::assigned() const {
  return impl_->ranges.has_value();
}

}  // namespace ambula::bus
