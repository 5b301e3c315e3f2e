#pragma once

#include <memory>
#include <string>

namespace ambula::testing {

/// A Kafka for one test: librdkafka's mock cluster in this process, or the real brokers of
/// `AMBULA_TEST_KAFKA_BROKERS`. A topic is empty after create_topic (on real brokers it is deleted
/// and made anew).
class MockKafka {
 public:
  explicit MockKafka(int brokers = 1);
  ~MockKafka();
  MockKafka(const MockKafka&) = delete;
  MockKafka& operator=(const MockKafka&) = delete;

  /// bootstrap.servers
  const std::string& brokers() const;
  void create_topic(const std::string& name, int partitions);
  /// Whether faults can be injected; the calls below are for the mock only.
  bool is_mock() const;
  /// Connections are closed and refused; data stays.
  void set_down(bool down);
  /// The next `count` produce requests are refused with this Kafka error code and not written.
  void refuse_produce(int error_code, int count);
  /// Every answer of the brokers takes this long.
  void set_round_trip_ms(int round_trip_ms);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::testing
