#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include <ambula/base/check.hpp>
#include <ambula/base/text.hpp>
#include <ambula/base/time.hpp>
#include <ambula/bus/client.hpp>
#include <ambula/bus/envelope.hpp>
#include <ambula/observability/log.hpp>

namespace ambula::bus {
namespace {

constexpr std::chrono::seconds destroy_limit{2};
constexpr std::size_t log_text_max_bytes = 200;
constexpr int log_window_s = 10;
constexpr int log_lines_per_window = 10;

// A broker that is away makes librdkafka say so several times a second and thread; ten lines in ten
// seconds tell an operator as much.
std::atomic<std::int64_t> log_window{0};
std::atomic<int> log_lines{0};

bool may_log() {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::steady_clock::now().time_since_epoch())
                       .count() /
                   log_window_s;
  if (log_window.exchange(now) != now) log_lines = 0;
  return log_lines.fetch_add(1) < log_lines_per_window;
}

log::Level level_of(int syslog_level) {
  if (syslog_level <= 3) return log::Level::error;
  if (syslog_level == 4) return log::Level::warn;
  return syslog_level <= 6 ? log::Level::info : log::Level::debug;
}

/// librdkafka's own lines name brokers, topics and partitions, never keys or values.
void on_log(const rd_kafka_t*, int level, const char* facility, const char* text) {
  // Our choice, and said at each start.
  if (std::string_view(facility) == "CONFWARN" || std::string_view(facility) == "AUTOCREATE")
    return;
  if (!may_log()) return;
  log::write(
      level_of(level), "kafka_client_log",
      {{"facility", facility}, {"text", std::string_view(text).substr(0, log_text_max_bytes)}});
}

Headers headers_of(const rd_kafka_message_t& message) {
  Headers headers;
  rd_kafka_headers_t* raw = nullptr;
  if (rd_kafka_message_headers(&message, &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) return headers;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(raw, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    headers.emplace_back(name, value ? std::string(static_cast<const char*>(value), size) : "");
  }
  return headers;
}

/// What PostgreSQL can take, too.
bool is_text(const std::string& bytes) {
  return is_utf8(bytes) && bytes.find('\0') == std::string::npos;
}

}  // namespace

void set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
  std::array<char, 256> text{};
  const auto result = rd_kafka_conf_set(conf, name, value.c_str(), text.data(), text.size());
  if (result != RD_KAFKA_CONF_OK) {
    log::error("kafka_property_refused", {{"property", name}});
  }
  AMBULA_CHECK(result == RD_KAFKA_CONF_OK);
}

Conf common_conf(const Cluster& cluster, const std::string& client_id) {
  Conf conf(rd_kafka_conf_new());
  set(conf.get(), "bootstrap.servers", cluster.brokers);
  const auto set_given = [&](const char* name, const std::string& value) {
    if (!value.empty()) set(conf.get(), name, value);
  };
  set_given("security.protocol", cluster.security_protocol);
  set_given("ssl.ca.location", cluster.ca_file);
  set_given("ssl.certificate.location", cluster.certificate_file);
  set_given("ssl.key.location", cluster.key_file);
  set_given("sasl.mechanisms", cluster.sasl_mechanism);
  set_given("sasl.username", cluster.sasl_user);
  set_given("sasl.password", cluster.sasl_password);
  set(conf.get(), "client.id", client_id);
  set(conf.get(), "socket.nagle.disable", "true");
  set(conf.get(), "socket.keepalive.enable", "true");
  set(conf.get(), "socket.timeout.ms", "10000");
  set(conf.get(), "reconnect.backoff.ms", "50");
  set(conf.get(), "reconnect.backoff.max.ms", "1000");
  // Topics and partitions that appear later are found in seconds instead of five minutes.
  set(conf.get(), "topic.metadata.refresh.interval.ms", "10000");
  set(conf.get(), "allow.auto.create.topics", "false");
  set(conf.get(), "log.connection.close", "false");
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  return conf;
}

Handle make_handle(rd_kafka_type_t type, Conf conf) {
  std::array<char, 256> text{};
  Handle handle(rd_kafka_new(type, conf.get(), text.data(), text.size()));
  if (!handle) throw std::runtime_error("librdkafka refuses to start a client");
  static_cast<void>(conf.release());  // the client owns it from here on
  return handle;
}

void reset_log_limit() {
  log_lines = 0;
}

void destroy_bounded(Handle handle) {
  auto done = std::make_shared<std::promise<void>>();
  auto ended = done->get_future();
  std::thread([done, raw = handle.release()] {
    rd_kafka_destroy_flags(raw, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    done->set_value();
  }).detach();
  if (ended.wait_for(destroy_limit) != std::future_status::ready) {
    log::warn("kafka_client_destroy_timeout");
  }
}

void log_client_error(std::string_view who, rd_kafka_resp_err_t error) {
  if (!may_log()) return;
  log::warn("kafka_client_error", {{"client", who}, {"code", rd_kafka_err2name(error)}});
}

bool brokers_answer(rd_kafka_t* handle, std::chrono::milliseconds limit) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto error = rd_kafka_metadata(handle, 0, nullptr, &raw, to_ms(limit));
  const Metadata metadata(raw);
  return error == RD_KAFKA_RESP_ERR_NO_ERROR;
}

PartitionList to_list(const std::vector<TopicPartition>& partitions) {
  PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const auto& each : partitions) {
    auto* added = rd_kafka_topic_partition_list_add(list.get(), each.topic.c_str(), each.partition);
    added->offset = each.offset < 0 ? RD_KAFKA_OFFSET_BEGINNING : each.offset;
  }
  return list;
}

Record to_record(const rd_kafka_message_t& message) {
  Record record;
  auto& event = record.event;
  event.topic = rd_kafka_topic_name(message.rkt);
  event.partition = message.partition;
  event.offset = message.offset;
  if (message.key) event.key.assign(static_cast<const char*>(message.key), message.key_len);
  event.tombstone = message.payload == nullptr;
  if (message.payload) event.data.assign(static_cast<const char*>(message.payload), message.len);
  record.problem = decode_headers(headers_of(message), event);
  if (!is_text(event.key)) record.problem = "the key is not text";
  if (!is_text(event.data)) record.problem = "the data is not text";
  return record;
}

int to_ms(std::chrono::milliseconds duration) {
  return static_cast<int>(std::clamp<std::int64_t>(duration.count(), 0, 3'600'000));
}

}  // namespace ambula::bus
