#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <ambula/bus/client.hpp>
#include <ambula/bus/envelope.hpp>
#include <ambula/bus/producer.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>

namespace ambula::bus {
namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds slice{100};          // how soon an interrupt is noticed
constexpr milliseconds probe_limit{1000};   // for the sign of life of brokers that were away
constexpr milliseconds discard_limit{500};  // for the last reports of a client that is given up

milliseconds until(Steady::time_point deadline) {
  return std::max(milliseconds(0),
                  std::chrono::duration_cast<milliseconds>(deadline - Steady::now()));
}

using HeadersHandle = std::unique_ptr<rd_kafka_headers_t, Destroyer<rd_kafka_headers_destroy>>;

HeadersHandle to_handle(const Headers& headers) {
  HeadersHandle handle(rd_kafka_headers_new(headers.size()));
  for (const auto& [name, value] : headers) {
    rd_kafka_header_add(handle.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return handle;
}

struct TopicCounters {
  metrics::Counter written;
  metrics::Counter failed;
};

TopicCounters make_counters(const std::string& topic) {
  constexpr std::string_view name = "kafka_producer_messages_total";
  constexpr std::string_view help = "Messages by result of their delivery report.";
  return {metrics::counter(name, help, {{"topic", topic}, {"result", "ok"}}),
          metrics::counter(name, help, {{"topic", topic}, {"result", "failed"}})};
}

}  // namespace

struct Producer::Impl {
  Cluster cluster;
  std::string client_id;
  Handle handle;
  std::vector<bool> written;  // of the batch in hand, filled by delivery reports
  bool refused{false};
  std::map<std::string, TopicCounters, std::less<>> counters;
  std::atomic<bool> healthy{false};
  std::atomic<bool> interrupted{false};

  ~Impl() { discard(); }

  static void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque);
  static void on_error(rd_kafka_t* handle, int error, const char* reason, void* opaque);

  void open();
  void discard();
  bool enqueue(const Event& event, std::size_t index, Steady::time_point deadline);
  void enqueue_all(const std::vector<Event>& events, Steady::time_point deadline);
  void wait_for_reports(Steady::time_point deadline);
  void keep_prefixes(const std::vector<Event>& events);
  void count(const std::vector<Event>& events);
  void probe();
};

void Producer::Impl::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& self = *static_cast<Impl*>(opaque);
  const auto index = reinterpret_cast<std::size_t>(message->_private);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (index < self.written.size()) self.written[index] = true;
  } else if (message->err != RD_KAFKA_RESP_ERR__PURGE_QUEUE &&
             message->err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT) {
    self.refused = true;
    log_client_error("producer", message->err);
  }
}

void Producer::Impl::on_error(rd_kafka_t*, int error, const char*, void* opaque) {
  auto& self = *static_cast<Impl*>(opaque);
  const auto code = static_cast<rd_kafka_resp_err_t>(error);
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__FATAL) {
    self.healthy = false;
  }
  log_client_error("producer", code);
}

void Producer::Impl::open() {
  if (handle) return;
  auto conf = common_conf(cluster, client_id);
  set(conf.get(), "acks", "all");
  set(conf.get(), "enable.idempotence", "true");
  // An error that would leave a hole in a partition becomes fatal instead: what follows of the same
  // key must not overtake what failed.
  set(conf.get(), "enable.gapless.guarantee", "true");
  set(conf.get(), "linger.ms", "1");
  set(conf.get(), "message.timeout.ms", "0");  // send() has its own limit
  // A topic that does not exist is told soon, instead of holding up a whole batch.
  set(conf.get(), "topic.metadata.propagation.max.ms", "2000");
  set(conf.get(), "queue.buffering.max.kbytes", "65536");
  set(conf.get(), "partitioner", "murmur2_random");  // as Java's producers do it
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_opaque(conf.get(), this);
  handle = make_handle(RD_KAFKA_PRODUCER, std::move(conf));
}

/// Gives the client up with whatever it still holds: nothing of this batch may be sent after we
/// said "not written".
void Producer::Impl::discard() {
  if (!handle) return;
  rd_kafka_purge(handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  const auto deadline = Steady::now() + discard_limit;
  while (rd_kafka_outq_len(handle.get()) > 0 && Steady::now() < deadline) {
    rd_kafka_poll(handle.get(), 10);
  }
  destroy_bounded(std::move(handle));
}

bool Producer::Impl::enqueue(const Event& event, std::size_t index, Steady::time_point deadline) {
  auto headers = to_handle(encode_headers(event));
  // rd_kafka_producev copies, so the const_cast that its C signature asks for changes nothing.
  void* value = event.tombstone ? nullptr : const_cast<char*>(event.data.data());
  const std::size_t size = event.tombstone ? 0 : event.data.size();
  for (;;) {
    const auto error = rd_kafka_producev(
        handle.get(), RD_KAFKA_V_TOPIC(event.topic.c_str()),
        RD_KAFKA_V_KEY(event.key.data(), event.key.size()), RD_KAFKA_V_VALUE(value, size),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers.get()),
        RD_KAFKA_V_OPAQUE(reinterpret_cast<void*>(index)), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      static_cast<void>(headers.release());  // the message owns them now
      return true;
    }
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      refused = true;
      log_client_error("producer", error);
      return false;
    }
    if (Steady::now() >= deadline || interrupted) return false;
    rd_kafka_poll(handle.get(), 10);
  }
}

void Producer::Impl::enqueue_all(const std::vector<Event>& events, Steady::time_point deadline) {
  std::set<std::pair<std::string_view, std::string_view>> stopped;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = events[i];
    if (!stopped.empty() && stopped.contains({event.topic, event.key})) continue;
    if (!enqueue(event, i, deadline)) stopped.emplace(event.topic, event.key);
  }
}

void Producer::Impl::wait_for_reports(Steady::time_point deadline) {
  while (rd_kafka_outq_len(handle.get()) > 0 && Steady::now() < deadline && !interrupted) {
    rd_kafka_flush(handle.get(), to_ms(std::min(slice, until(deadline))));
  }
  rd_kafka_poll(handle.get(), 0);
}

/// Of a key, nothing behind the first failure counts as written, whatever its own report says: the
/// caller sends from there again, and a consumer skips what it has seen.
void Producer::Impl::keep_prefixes(const std::vector<Event>& events) {
  if (std::find(written.begin(), written.end(), false) == written.end()) return;
  std::set<std::pair<std::string_view, std::string_view>> failed;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::pair<std::string_view, std::string_view> key{events[i].topic, events[i].key};
    if (!written[i]) failed.insert(key);
    if (written[i] && failed.contains(key)) written[i] = false;
  }
}

void Producer::Impl::count(const std::vector<Event>& events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto found = counters.find(events[i].topic);
    if (found == counters.end()) {
      found = counters.emplace(events[i].topic, make_counters(events[i].topic)).first;
    }
    (written[i] ? found->second.written : found->second.failed).add();
  }
}

void Producer::Impl::probe() {
  rd_kafka_poll(handle.get(), 0);
  if (!healthy && !interrupted) healthy = brokers_answer(handle.get(), probe_limit);
}

Producer::Producer(Cluster cluster, std::string client_id) : impl_(std::make_unique<Impl>()) {
  impl_->cluster = std::move(cluster);
  impl_->client_id = std::move(client_id);
}

Producer::~Producer() = default;

std::vector<bool> Producer::send(const std::vector<Event>& events, milliseconds limit) {
  auto& self = *impl_;
  self.open();
  self.written.assign(events.size(), false);
  self.refused = false;
  if (events.empty()) {
    self.probe();
    return {};
  }
  const auto deadline = Steady::now() + limit;
  self.enqueue_all(events, deadline);
  self.wait_for_reports(deadline);

  const bool all_reported = rd_kafka_outq_len(self.handle.get()) == 0;
  const bool fatal = rd_kafka_fatal_error(self.handle.get(), nullptr, 0) != 0;
  if (fatal) log::error("kafka_producer_fatal");
  if (!all_reported || fatal) self.discard();
  self.healthy = all_reported && !fatal;
  self.keep_prefixes(events);
  self.count(events);
  return std::move(self.written);
}

bool Producer::healthy() const {
  return impl_->healthy;
}

bool Producer::refused() const {
  return impl_->refused;
}

void Producer::interrupt() {
  impl_->interrupted = true;
}

}  // namespace ambula::bus
