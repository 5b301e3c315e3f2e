#include <array>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include <ambula/testing/kafka.hpp>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

namespace ambula::testing {
namespace {

constexpr int admin_limit_ms = 10'000;
constexpr int produce_request = 0;  // Kafka's ApiKey

template <auto Destroy>
struct KafkaDestroyer {
  template <class T>
  void operator()(T* handle) const {
    Destroy(handle);
  }
};
using Handle = std::unique_ptr<rd_kafka_t, KafkaDestroyer<rd_kafka_destroy>>;
using Cluster =
    std::unique_ptr<rd_kafka_mock_cluster_t, KafkaDestroyer<rd_kafka_mock_cluster_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, KafkaDestroyer<rd_kafka_queue_destroy>>;
using KafkaEvent = std::unique_ptr<rd_kafka_event_t, KafkaDestroyer<rd_kafka_event_destroy>>;

Handle make_client(const std::string& brokers) {
  auto* conf = rd_kafka_conf_new();
  std::array<char, 256> text{};
  if (!brokers.empty()) {
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), text.data(), text.size());
  }
  rd_kafka_conf_set(conf, "log_level", "0", text.data(), text.size());
  Handle handle(rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size()));
  if (!handle) throw std::runtime_error("no Kafka client for tests");
  return handle;
}

void delete_topic(rd_kafka_t* client, const std::string& name) {
  const Queue queue(rd_kafka_queue_new(client));
  auto* request = rd_kafka_DeleteTopic_new(name.c_str());
  rd_kafka_DeleteTopics(client, &request, 1, nullptr, queue.get());
  const KafkaEvent event(rd_kafka_queue_poll(queue.get(), admin_limit_ms));
  rd_kafka_DeleteTopic_destroy(request);
}

rd_kafka_resp_err_t make_topic(rd_kafka_t* client, const std::string& name, int partitions) {
  const Queue queue(rd_kafka_queue_new(client));
  auto* request = rd_kafka_NewTopic_new(name.c_str(), partitions, 1, nullptr, 0);
  rd_kafka_CreateTopics(client, &request, 1, nullptr, queue.get());
  const KafkaEvent event(rd_kafka_queue_poll(queue.get(), admin_limit_ms));
  rd_kafka_NewTopic_destroy(request);
  if (!event) return RD_KAFKA_RESP_ERR__TIMED_OUT;
  if (rd_kafka_event_error(event.get())) return rd_kafka_event_error(event.get());
  std::size_t count = 0;
  const auto* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  return count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR__FAIL;
}

/// Partitions of the topic as the broker itself sees it; 0 = not there.
int partitions_of(rd_kafka_t* client, const std::string& name) {
  auto* only = rd_kafka_topic_new(client, name.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(client, 0, only, &metadata, admin_limit_ms);
  rd_kafka_topic_destroy(only);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return -1;
  const auto& topic = metadata->topics[0];
  const int count = topic.err == RD_KAFKA_RESP_ERR_NO_ERROR ? topic.partition_cnt : 0;
  rd_kafka_metadata_destroy(metadata);
  return count;
}

/// The controller answers before the broker has done it; what is written in between goes to the old
/// topic's log.
void wait_for_partitions(rd_kafka_t* client, const std::string& name, int count) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(admin_limit_ms);
  while (partitions_of(client, name) != count) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("a test topic does not come about");
    }
  }
}

}  // namespace

struct MockKafka::Impl {
  Handle client;
  Cluster cluster;  // after the client, which it needs to its end
  std::string brokers;
  int count{1};
};

MockKafka::MockKafka(int brokers) : impl_(std::make_unique<Impl>()) {
  impl_->count = brokers;
  if (const char* real = std::getenv("AMBULA_TEST_KAFKA_BROKERS")) {
    impl_->brokers = real;
    impl_->client = make_client(impl_->brokers);
    return;
  }
  impl_->client = make_client("");
  impl_->cluster.reset(rd_kafka_mock_cluster_new(impl_->client.get(), brokers));
  if (!impl_->cluster) throw std::runtime_error("no mock cluster");
  impl_->brokers = rd_kafka_mock_cluster_bootstraps(impl_->cluster.get());
}

MockKafka::~MockKafka() = default;

const std::string& MockKafka::brokers() const {
  return impl_->brokers;
}

bool MockKafka::is_mock() const {
  return impl_->cluster != nullptr;
}

void MockKafka::create_topic(const std::string& name, int partitions) {
  if (is_mock()) {
    rd_kafka_mock_topic_create(impl_->cluster.get(), name.c_str(), partitions, 1);
    return;
  }
  delete_topic(impl_->client.get(), name);
  wait_for_partitions(impl_->client.get(), name, 0);
  const auto error = make_topic(impl_->client.get(), name, partitions);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error("cannot create a test topic");
  wait_for_partitions(impl_->client.get(), name, partitions);
}

void MockKafka::set_down(bool down) {
  for (int broker = 1; broker <= impl_->count; ++broker) {
    if (down) {
      rd_kafka_mock_broker_set_down(impl_->cluster.get(), broker);
    } else {
      rd_kafka_mock_broker_set_up(impl_->cluster.get(), broker);
    }
  }
}

void MockKafka::refuse_produce(int error_code, int count) {
  const std::vector<rd_kafka_resp_err_t> errors(static_cast<std::size_t>(count),
                                                static_cast<rd_kafka_resp_err_t>(error_code));
  rd_kafka_mock_push_request_errors_array(impl_->cluster.get(), produce_request, errors.size(),
                                          errors.data());
}

void MockKafka::set_round_trip_ms(int round_trip_ms) {
  for (int broker = 1; broker <= impl_->count; ++broker) {
    rd_kafka_mock_broker_set_rtt(impl_->cluster.get(), broker, round_trip_ms);
  }
}

}  // namespace ambula::testing
