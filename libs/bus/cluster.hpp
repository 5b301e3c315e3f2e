#pragma once

#include <string>
#include <utility>

namespace ambula::bus {

/// Where Kafka is and how to speak with it. Empty members are librdkafka's defaults. Files are PEM.
struct Cluster {
  std::string brokers;            ///< bootstrap servers, "a:9092,b:9092"
  std::string security_protocol;  ///< PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL
  std::string ca_file;            ///< who signed the brokers' certificates
  std::string certificate_file;   ///< our own, for mutual TLS
  std::string key_file;
  std::string sasl_mechanism;  ///< PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512
  std::string sasl_user;
  std::string sasl_password;

  Cluster() = default;
  /// Without any security: tests, and a broker on loopback.
  Cluster(std::string bootstrap_servers) : brokers(std::move(bootstrap_servers)) {}
};

}  // namespace ambula::bus
