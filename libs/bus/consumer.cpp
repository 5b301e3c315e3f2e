#include <atomic>
#include <exception>
#include <map>
#include <optional>
#include <utility>

#include <ambula/bus/client.hpp>
#include <ambula/bus/consumer.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>

namespace ambula::bus {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds close_limit{5000};
constexpr milliseconds seek_limit{5000};
constexpr milliseconds probe_interval{1000};
constexpr milliseconds poll_probe_limit{500};
constexpr milliseconds watermark_limit{1000};
constexpr std::int64_t small_lag_messages = 1000;

struct Progress {
  std::int64_t position{-1};  // next one; -1 = beginning, nothing read yet
  bool end_seen{false};
  bool stands{false};  // the log does not have `position`
};

using Assignment = std::map<std::pair<std::string, std::int32_t>, Progress>;

std::vector<TopicPartition> to_partitions(const rd_kafka_topic_partition_list_t& list) {
  std::vector<TopicPartition> partitions;
  for (int i = 0; i < list.cnt; ++i) {
    partitions.push_back({list.elems[i].topic, list.elems[i].partition, -1});
  }
  return partitions;
}

/// Messages between a position and the end, as the last fetch told it; nullopt before the first.
std::optional<std::int64_t> behind(rd_kafka_t* handle, const std::string& topic,
                                   std::int32_t partition, const Progress& progress) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  if (rd_kafka_get_watermark_offsets(handle, topic.c_str(), partition, &low, &high) !=
          RD_KAFKA_RESP_ERR_NO_ERROR ||
      high < 0) {
    return std::nullopt;
  }
  const auto position = progress.position < 0 ? std::max<std::int64_t>(low, 0) : progress.position;
  return std::max<std::int64_t>(high - position, 0);
}

}  // namespace

struct Consumer::Impl {
  Options options;
  LoadOffsets load_offsets;
  Handle handle;
  std::vector<Record> batch;
  Assignment assignment;
  std::atomic<bool> joined{false};  // offsets loaded and assigned
  std::optional<std::vector<TopicPartition>>
      pending;  // assigned by the group, offsets not loaded yet
  std::exception_ptr failure;
  bool reopen{false};
  Steady::time_point next_probe{};
  std::atomic<std::int64_t> lag{0};
  std::atomic<bool> assigned{false};
  std::atomic<bool> healthy{false};
  metrics::Counter rebalances;

  static void on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t error,
                           rd_kafka_topic_partition_list_t* list, void* opaque);
  static void on_error(rd_kafka_t*, int error, const char*, void* opaque);
  static void on_commit(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t*,
                        void*);

  void open();
  void close();
  void take_pending();
  void revoke();
  void accept(const rd_kafka_message_t& message);
  void fill(milliseconds wait);
  void refresh();
  void probe();
};

/// Runs inside poll() and close(). Exceptions may not pass through librdkafka's C frames, so they
/// wait in `failure`.
void Consumer::Impl::on_rebalance(rd_kafka_t*, rd_kafka_resp_err_t error,
                                  rd_kafka_topic_partition_list_t* list, void* opaque) {
  auto& self = *static_cast<Impl*>(opaque);
  self.rebalances.add();
  if (error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self.pending = to_partitions(*list);
    log::info("kafka_partitions_assigned", {{"count", list->cnt}});
    self.take_pending();
    return;
  }
  if (error != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS) log_client_error("consumer", error);
  self.revoke();
}

void Consumer::Impl::on_error(rd_kafka_t*, int error, const char*, void* opaque) {
  auto& self = *static_cast<Impl*>(opaque);
  const auto code = static_cast<rd_kafka_resp_err_t>(error);
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) self.healthy = false;
  if (code == RD_KAFKA_RESP_ERR__FATAL) {
    self.healthy = false;
    self.reopen = true;
  }
  log_client_error("consumer", code);
}

void Consumer::Impl::on_commit(rd_kafka_t*, rd_kafka_resp_err_t error,
                               rd_kafka_topic_partition_list_t*, void*) {
  // Kafka's copy of the offsets only feeds lag metrics; a failed commit costs nothing.
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR && error != RD_KAFKA_RESP_ERR__NO_OFFSET) {
    log_client_error("consumer_commit", error);
  }
}

void Consumer::Impl::open() {
  if (handle) return;
  auto conf = common_conf(options.cluster, options.group);
  set(conf.get(), "group.id", options.group);
  set(conf.get(), "enable.auto.commit", "false");
  set(conf.get(), "enable.auto.offset.store", "false");
  // Else librdkafka begins anew in silence where the log was lost, and the records up to the old
  // mark would be taken for known ones.
  set(conf.get(), "auto.offset.reset", "error");
  set(conf.get(), "partition.assignment.strategy", "range");
  set(conf.get(), "session.timeout.ms", std::to_string(options.session_timeout.count()));
  set(conf.get(), "heartbeat.interval.ms", std::to_string(options.session_timeout.count() / 4));
  set(conf.get(), "fetch.wait.max.ms", std::to_string(options.fetch_wait.count()));
  set(conf.get(), "fetch.error.backoff.ms", "100");
  set(conf.get(), "queued.max.messages.kbytes", "16384");
  set(conf.get(), "check.crcs", "true");
  set(conf.get(), "enable.partition.eof", "true");
  rd_kafka_conf_set_rebalance_cb(conf.get(), on_rebalance);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_offset_commit_cb(conf.get(), on_commit);
  rd_kafka_conf_set_opaque(conf.get(), this);
  handle = make_handle(RD_KAFKA_CONSUMER, std::move(conf));
  rd_kafka_poll_set_consumer(handle.get());

  std::vector<TopicPartition> topics;
  for (const auto& topic : options.topics)
    topics.push_back({topic, RD_KAFKA_PARTITION_UA, -1});
  const auto error = rd_kafka_subscribe(handle.get(), to_list(topics).get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) log_client_error("consumer_subscribe", error);
}

/// rd_kafka_consumer_close() can wait for a coordinator without end; with a queue of our own the
/// wait has one.
void Consumer::Impl::close() {
  if (!handle) return;
  Queue queue(rd_kafka_queue_new(handle.get()));
  const KafkaError error(rd_kafka_consumer_close_queue(handle.get(), queue.get()));
  const auto deadline = Steady::now() + close_limit;
  while (!error && !rd_kafka_consumer_closed(handle.get()) && Steady::now() < deadline) {
    // Records that were fetched before stand in this queue too and are let go here.
    // rd_kafka_queue_poll_callback() would abort the process at the first of them.
    const Message unread(rd_kafka_consume_queue(queue.get(), 100));
  }
  if (!rd_kafka_consumer_closed(handle.get())) log::warn("kafka_consumer_close_timeout");
  queue.reset();
  destroy_bounded(std::move(handle));
  batch.clear();
  assignment.clear();
  pending.reset();
  joined = false;
  assigned = false;
}

void Consumer::Impl::take_pending() {
  if (!pending) return;
  auto partitions = *pending;
  try {
    load_offsets(partitions);
  } catch (...) {
    failure = std::current_exception();
    return;
  }
  pending.reset();
  assignment.clear();
  for (const auto& each : partitions) {
    assignment[{each.topic, each.partition}] = {each.offset, false, false};
  }
  joined = true;
  const auto error = rd_kafka_assign(handle.get(), to_list(partitions).get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_client_error("consumer_assign", error);
    reopen = true;
  }
}

void Consumer::Impl::revoke() {
  log::info("kafka_partitions_revoked", {{"count", assignment.size()}});
  batch.clear();  // whoever is given the partitions reads them again from the stored offsets
  assignment.clear();
  pending.reset();
  joined = false;
  assigned = false;
  rd_kafka_assign(handle.get(), nullptr);
}

void Consumer::Impl::accept(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    const auto found = assignment.find({rd_kafka_topic_name(message.rkt), message.partition});
    if (found != assignment.end()) found->second = {message.offset, true, false};
    healthy = true;
    return;
  }
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
    const auto found = assignment.find({rd_kafka_topic_name(message.rkt), message.partition});
    if (found != assignment.end()) found->second.stands = true;
    return;
  }
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_client_error("consumer", message.err);
    return;
  }
  healthy = true;
  auto record = to_record(message);
  const auto found = assignment.find({record.event.topic, record.event.partition});
  if (found == assignment.end()) return;  // of a partition that is no longer ours
  found->second.position = message.offset + 1;
  batch.push_back(std::move(record));
}

void Consumer::Impl::fill(milliseconds wait) {
  const auto deadline = Steady::now() + wait;
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Steady::now());
    const Message message(
        rd_kafka_consumer_poll(handle.get(), batch.empty() ? std::max(to_ms(left), 0) : 0));
    if (message) accept(*message);
    if (failure || reopen || batch.size() >= options.batch_max) return;
    if (!message && (!batch.empty() || Steady::now() >= deadline)) return;
    if (message && batch.empty() && Steady::now() >= deadline) return;
  }
}

void Consumer::Impl::refresh() {
  std::int64_t sum = 0;
  bool all_known = joined;
  for (const auto& [where, progress] : assignment) {
    const auto messages = behind(handle.get(), where.first, where.second, progress);
    sum += messages.value_or(0);
    if (!progress.end_seen && (!messages || *messages > small_lag_messages)) all_known = false;
  }
  lag = sum;
  assigned = all_known;
}

void Consumer::Impl::probe() {
  if (healthy || Steady::now() < next_probe) return;
  healthy = brokers_answer(handle.get(), poll_probe_limit);
  next_probe = Steady::now() + probe_interval;
}

Consumer::Consumer(Options options, LoadOffsets load_offsets) : impl_(std::make_unique<Impl>()) {
  impl_->rebalances = metrics::counter("kafka_consumer_rebalances_total",
                                       "Partitions given to or taken from this member.",
                                       {{"group", options.group}});
  impl_->options = std::move(options);
  impl_->load_offsets = std::move(load_offsets);
  impl_->open();
}

Consumer::~Consumer() {
  impl_->close();
}

std::vector<Record> Consumer::poll(milliseconds wait) {
  auto& self = *impl_;
  if (self.reopen) {
    self.close();
    self.reopen = false;
  }
  self.open();
  self.take_pending();
  if (!self.failure) self.fill(wait);
  if (self.failure) {
    // Keeps the callbacks served while the caller's store is away, so that the group does not
    // expire us.
    std::rethrow_exception(std::exchange(self.failure, nullptr));
  }
  if (self.batch.empty()) self.probe();
  self.refresh();
  return std::exchange(self.batch, {});
}

void Consumer::commit(const std::vector<TopicPartition>& next) {
  if (next.empty() || !impl_->handle) return;
  rd_kafka_commit(impl_->handle.get(), to_list(next).get(), 1);
}

void Consumer::seek(const std::vector<TopicPartition>& next) {
  auto& self = *impl_;
  std::vector<TopicPartition> ours;
  for (const auto& each : next) {
    if (self.assignment.contains({each.topic, each.partition})) ours.push_back(each);
  }
  if (ours.empty() || !self.handle) return;
  const auto list = to_list(ours);
  const KafkaError error(
      rd_kafka_seek_partitions(self.handle.get(), list.get(), to_ms(seek_limit)));
  bool failed = error != nullptr;
  for (int i = 0; i < list->cnt; ++i) {
    failed = failed || list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  if (failed) {
    log::warn("kafka_seek_failed");
    self.reopen = true;
  }
  for (const auto& each : ours)
    self.assignment[{each.topic, each.partition}] = {each.offset, false, false};
}

std::vector<OutOfRange> Consumer::out_of_range() {
  std::vector<OutOfRange> found;
  for (const auto& [where, progress] : impl_->assignment) {
    if (!progress.stands) continue;
    OutOfRange one{{where.first, where.second, progress.position}, 0, 0};
    const auto error =
        rd_kafka_query_watermark_offsets(impl_->handle.get(), where.first.c_str(), where.second,
                                         &one.low, &one.high, to_ms(watermark_limit));
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      found.push_back(std::move(one));
    } else {
      log_client_error("consumer_watermarks", error);
    }
  }
  return found;
}

std::int64_t Consumer::lag() const {
  return impl_->lag;
}
bool Consumer::assigned() const {
  return impl_->assigned;
}
bool Consumer::joined() const {
  return impl_->joined;
}
bool Consumer::healthy() const {
  return impl_->healthy;
}

}  // namespace ambula::bus
