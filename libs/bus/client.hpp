#pragma once

// Inside of libs/bus only: what producers, consumers and admin calls share of librdkafka.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <ambula/bus/cluster.hpp>
#include <ambula/bus/consumer.hpp>
#include <librdkafka/rdkafka.h>

namespace ambula::bus {

template <auto Destroy>
struct Destroyer {
  template <class T>
  void operator()(T* handle) const {
    Destroy(handle);
  }
};

using Conf = std::unique_ptr<rd_kafka_conf_t, Destroyer<rd_kafka_conf_destroy>>;
using Handle = std::unique_ptr<rd_kafka_t, Destroyer<rd_kafka_destroy>>;
using PartitionList = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                      Destroyer<rd_kafka_topic_partition_list_destroy>>;
using Message = std::unique_ptr<rd_kafka_message_t, Destroyer<rd_kafka_message_destroy>>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Destroyer<rd_kafka_metadata_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroyer<rd_kafka_queue_destroy>>;
using KafkaError = std::unique_ptr<rd_kafka_error_t, Destroyer<rd_kafka_error_destroy>>;

/// Sets one property; a refused one is a programmer's error and stops the process.
void set(rd_kafka_conf_t* conf, const char* name, const std::string& value);

/// What every client has in common, with librdkafka's log going to ours.
Conf common_conf(const Cluster& cluster, const std::string& client_id);

/// Makes the client; throws std::runtime_error when librdkafka cannot (threads, memory).
Handle make_handle(rd_kafka_type_t type, Conf conf);

/// Ends the client without leaving a group. librdkafka joins its threads, which has no limit of its
/// own when brokers are away; after two seconds they are left to themselves.
void destroy_bounded(Handle handle);

/// Reports a client error: code, never data. At most a few lines in ten seconds.
void log_client_error(std::string_view who, rd_kafka_resp_err_t error);
/// For tests: the next lines are not held back because of earlier ones.
void reset_log_limit();

/// Whether a broker answers within `limit`.
bool brokers_answer(rd_kafka_t* handle, std::chrono::milliseconds limit);

/// `-1` of ours means "from the beginning" for librdkafka.
PartitionList to_list(const std::vector<TopicPartition>& partitions);

/// The record of a message without an error.
Record to_record(const rd_kafka_message_t& message);

int to_ms(std::chrono::milliseconds duration);

}  // namespace ambula::bus
