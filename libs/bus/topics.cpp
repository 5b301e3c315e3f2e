#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include <ambula/bus/client.hpp>
#include <ambula/bus/topics.hpp>
#include <ambula/observability/log.hpp>

namespace ambula::bus {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr bool compacted = true;
constexpr hours week{7 * 24};
constexpr milliseconds day_ms{hours(24)};

// The table of docs/events.md, in its order.
constexpr std::array catalogue{
    Topic{"ambula.facility.v1", compacted},
    Topic{"ambula.account.v1", compacted},
    Topic{"ambula.self-registration.v1", false, week},
    Topic{"ambula.account-mail.v1", false, hours(1), true},
    Topic{"ambula.patient.v1", compacted},
    Topic{"ambula.patient-binding.v1", false, week},
    Topic{"ambula.visitor.v1", compacted},
    Topic{"ambula.department.v1", compacted},
    Topic{"ambula.specialty.v1", compacted},
    Topic{"ambula.doctor.v1", compacted},
    Topic{"ambula.appointment.v1"},
    Topic{"ambula.queue.v1", compacted},
    Topic{"ambula.assessment.v1", false, week},
    Topic{"ambula.queue-entry.v1"},
    Topic{"ambula.consultation.v1"},
    Topic{"ambula.prescription.v1"},
    Topic{"ambula.dispense.v1"},
    Topic{"ambula.medicine.v1", compacted},
    Topic{"ambula.stock.v1"},
    Topic{"ambula.message.v1"},
};

using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Destroyer<rd_kafka_NewTopic_destroy>>;
using AdminOptions =
    std::unique_ptr<rd_kafka_AdminOptions_t, Destroyer<rd_kafka_AdminOptions_destroy>>;
using KafkaEvent = std::unique_ptr<rd_kafka_event_t, Destroyer<rd_kafka_event_destroy>>;

void configure(rd_kafka_NewTopic_t* topic, const char* name, const std::string& value) {
  rd_kafka_NewTopic_set_config(topic, name, value.c_str());
}

/// Kafka only deletes and compacts closed segments, so a segment may be open no longer than what it
/// promises.
void set_cleanup(rd_kafka_NewTopic_t* made, const Topic& topic) {
  if (topic.compacted) {
    configure(made, "cleanup.policy", "compact");
    // A tombstone is an erasure: within about a day the old records are gone. It stays a week for
    // slow consumers.
    configure(made, "segment.ms", std::to_string(day_ms.count()));
    configure(made, "max.compaction.lag.ms", std::to_string(day_ms.count()));
    configure(made, "delete.retention.ms", std::to_string(milliseconds(week).count()));
    return;
  }
  configure(made, "cleanup.policy", "delete");
  configure(made, "retention.bytes", "-1");
  if (!topic.retention) {
    configure(made, "retention.ms", "-1");
    return;
  }
  const milliseconds kept = *topic.retention;
  configure(made, "retention.ms", std::to_string(kept.count()));
  configure(made, "segment.ms", std::to_string(std::min(day_ms, kept / 4).count()));
}

Error refused(std::string_view code, std::string_view topic, rd_kafka_resp_err_t error) {
  return Error{ErrorKind::unavailable, code,
               "Kafka refuses " + std::string(topic) + ": " + rd_kafka_err2name(error) + "."};
}

Result<void> read_results(rd_kafka_event_t* event) {
  if (const auto error = rd_kafka_event_error(event); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return refused("kafka-unavailable", "to create topics", error);
  }
  std::size_t count = 0;
  const auto* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_topic_result_error(results[i]);
    const auto* name = rd_kafka_topic_result_name(results[i]);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      log::info("kafka_topic_created", {{"topic", name}});
    } else if (error != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      return refused("topic-refused", name, error);
    }
  }
  return {};
}

}  // namespace

std::span<const Topic> topics() {
  return catalogue;
}

const Topic* find_topic(std::string_view name) {
  const auto* found = std::find_if(catalogue.begin(), catalogue.end(),
                                   [&](const Topic& topic) { return topic.name == name; });
  return found == catalogue.end() ? nullptr : found;
}

Result<void> create_topics(const Cluster& cluster, std::span<const std::string_view> names,
                           int partitions, int replication, milliseconds limit) {
  std::vector<NewTopic> made;
  std::set<std::string_view> seen;
  std::vector<rd_kafka_NewTopic_t*> raw;
  for (const auto name : names) {
    if (!seen.insert(name).second) continue;
    const auto* topic = find_topic(name);
    if (!topic) {
      return Error{ErrorKind::internal, "unknown-topic",
                   std::string(name) + " is not in the catalogue."};
    }
    made.emplace_back(
        rd_kafka_NewTopic_new(std::string(name).c_str(), partitions, replication, nullptr, 0));
    if (!made.back()) {
      return Error{ErrorKind::internal, "bad-topic", "Partitions or replication are out of range."};
    }
    set_cleanup(made.back().get(), *topic);
    raw.push_back(made.back().get());
  }
  if (raw.empty()) return {};

  const auto handle = make_handle(RD_KAFKA_PRODUCER, common_conf(cluster, "ambula-admin"));
  const Queue queue(rd_kafka_queue_new(handle.get()));
  const AdminOptions options(
      rd_kafka_AdminOptions_new(handle.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), to_ms(limit), nullptr, 0);
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), to_ms(limit / 2), nullptr, 0);
  rd_kafka_CreateTopics(handle.get(), raw.data(), raw.size(), options.get(), queue.get());
  const KafkaEvent event(rd_kafka_queue_poll(queue.get(), to_ms(limit)));
  if (!event) {
    return refused("kafka-unavailable", "to create topics", RD_KAFKA_RESP_ERR__TIMED_OUT);
  }
  return read_results(event.get());
}

}  // namespace ambula::bus
