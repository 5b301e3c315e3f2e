#include "settings.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <unistd.h>

#include <ambula/base/text.hpp>

namespace ambula::service {
namespace {

/// Refuses a value that is none of these.
void one_of(config::Reader& reader, std::string_view key, std::string_view value,
            std::initializer_list<std::string_view> values, std::string_view expected) {
  if (std::find(values.begin(), values.end(), value) == values.end()) reader.refuse(key, expected);
}

/// A PEM file that is there, or none.
std::string file(config::Reader& reader, std::string_view key, std::string_view about) {
  auto path = reader.text(key, about, "");
  if (!path.empty() && access(path.c_str(), R_OK) != 0) {
    reader.refuse(key, "a file that can be read, for example /etc/ambula/kafka.pem");
  }
  return path;
}

/// host:port, or several with commas between.
bool are_brokers(std::string_view text) {
  while (true) {
    const auto comma = text.find(',');
    const auto one = text.substr(0, comma);
    const auto colon = one.rfind(':');
    if (colon == 0 || colon == std::string_view::npos) return false;
    const auto port = parse_int(one.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) return false;
    if (one.find_first_of(" \t/") != std::string_view::npos) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

constexpr std::string_view kafka_protocol = "AMBULA_KAFKA_SECURITY_PROTOCOL";

/// What only makes sense together. A forgotten protocol would mean no encryption, without a word.
void check_together(config::Reader& reader, const bus::Cluster& kafka) {
  const bool tls = kafka.security_protocol.ends_with("SSL");
  const bool sasl = kafka.security_protocol.starts_with("SASL");
  if (!tls && !(kafka.ca_file + kafka.certificate_file + kafka.key_file).empty())
    reader.refuse(kafka_protocol,
                  "SSL or SASL_SSL although certificates are given, for example SASL_SSL");
  if (!sasl && !(kafka.sasl_mechanism + kafka.sasl_user).empty())
    reader.refuse(kafka_protocol,
                  "SASL_SSL or SASL_PLAINTEXT although a user is given, for example SASL_SSL");
  if (kafka.certificate_file.empty() != kafka.key_file.empty()) {
    reader.refuse(
        kafka.key_file.empty() ? "AMBULA_KAFKA_KEY_FILE" : "AMBULA_KAFKA_CERTIFICATE_FILE",
        "given although its other half is, for example /etc/ambula/kafka.pem");
  }
  if (!sasl) return;
  if (kafka.sasl_mechanism.empty())
    reader.refuse("AMBULA_KAFKA_SASL_MECHANISM", "given, for example SCRAM-SHA-512");
  if (kafka.sasl_user.empty()) reader.refuse("AMBULA_KAFKA_SASL_USER", "given, for example ambula");
  if (kafka.sasl_password.empty()) {
    reader.refuse("AMBULA_KAFKA_SASL_PASSWORD",
                  "given, for example AMBULA_KAFKA_SASL_PASSWORD_FILE=/run/secrets/kafka");
  }
}

bus::Cluster read_kafka(config::Reader& reader) {
  bus::Cluster kafka(
      reader.text("AMBULA_KAFKA_BROKERS", "Kafka bootstrap servers", "127.0.0.1:9092"));
  if (!are_brokers(kafka.brokers)) {
    reader.refuse("AMBULA_KAFKA_BROKERS",
                  "a list of host:port, for example kafka-1:9092,kafka-2:9092");
  }
  kafka.security_protocol =
      reader.text(kafka_protocol, "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL", "PLAINTEXT");
  one_of(reader, kafka_protocol, kafka.security_protocol,
         {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"},
         "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, for example SASL_SSL");
  kafka.ca_file = file(reader, "AMBULA_KAFKA_CA_FILE", "PEM file: who signed the brokers");
  kafka.certificate_file =
      file(reader, "AMBULA_KAFKA_CERTIFICATE_FILE", "PEM file: own certificate (mutual TLS)");
  kafka.key_file = file(reader, "AMBULA_KAFKA_KEY_FILE", "PEM file: its private key");
  constexpr std::string_view mechanism = "AMBULA_KAFKA_SASL_MECHANISM";
  kafka.sasl_mechanism = reader.text(mechanism, "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", "");
  one_of(reader, mechanism, kafka.sasl_mechanism, {"", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"},
         "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, for example SCRAM-SHA-512");
  kafka.sasl_user = reader.text("AMBULA_KAFKA_SASL_USER", "Kafka user of this process", "");
  kafka.sasl_password = reader.secret("AMBULA_KAFKA_SASL_PASSWORD", "its password");
  check_together(reader, kafka);
  return kafka;
}

}  // namespace

Settings read_settings(config::Reader& reader) {
  Settings settings;
  settings.database_url =
      reader.required_secret("AMBULA_DB_URL", "PostgreSQL URL of this service's role");
  settings.kafka = read_kafka(reader);
  settings.partitions = static_cast<int>(
      reader.integer("AMBULA_KAFKA_PARTITIONS",
                     "partitions of a topic that is made; never changed later", 12, 1, 1000));
  settings.replication = static_cast<int>(
      reader.integer("AMBULA_KAFKA_REPLICATION", "replicas of a topic that is made", 1, 1, 7));
  settings.http.address = reader.text("AMBULA_HTTP_ADDRESS", "address to listen on", "0.0.0.0");
  settings.http.port = static_cast<std::uint16_t>(
      reader.integer("AMBULA_HTTP_PORT", "port to listen on", 8080, 0, 65535));
  settings.http.connections_max = static_cast<std::size_t>(
      reader.integer("AMBULA_HTTP_CONNECTIONS_MAX",
                     "open connections; then an idle one makes room, else 503", 2048, 1, 100000));
  settings.http.in_flight_max = static_cast<std::size_t>(
      reader.integer("AMBULA_HTTP_IN_FLIGHT_MAX", "requests at once, then 503", 256, 1, 100000));
  settings.http.body_bytes_max = static_cast<std::size_t>(
      reader.integer("AMBULA_HTTP_BODY_BYTES_MAX", "largest request body, then 413", 1024 * 1024,
                     1024, 64 * 1024 * 1024));
  settings.http.total_timeout = reader.milliseconds(
      "AMBULA_HTTP_TIMEOUT_MS", "longest time to an answer, in ms", std::chrono::seconds(30),
      std::chrono::milliseconds(100), std::chrono::minutes(5));
  settings.admin_address =
      reader.text("AMBULA_ADMIN_ADDRESS", "address of probes and metrics", settings.http.address);
  settings.admin_port = static_cast<int>(
      reader.integer("AMBULA_ADMIN_PORT", "port of probes and metrics", 9090, 0, 65535));
  settings.workers = static_cast<std::size_t>(
      reader.integer("AMBULA_WORKERS", "worker threads = database connections", 8, 1, 64));
  settings.start_timeout = reader.milliseconds(
      "AMBULA_START_TIMEOUT_MS", "how long a start waits for the database, in ms",
      std::chrono::minutes(10), std::chrono::milliseconds(0), std::chrono::hours(24));
  settings.jwks_file =
      reader.text("AMBULA_JWKS_FILE", "file with the gateway's public keys (JWKS)", "");
  settings.log_level = reader.text("AMBULA_LOG_LEVEL", "debug, info, warn or error", "info");
  constexpr std::array<std::string_view, 4> levels{"debug", "info", "warn", "error"};
  if (std::ranges::find(levels, settings.log_level) == levels.end()) {
    reader.refuse("AMBULA_LOG_LEVEL", "debug, info, warn or error, for example info");
  }
  settings.traces.url = reader.text(
      "AMBULA_TRACES_URL", "OTLP/HTTP address of a collector that takes traces; empty: none", "");
  if (!settings.traces.url.empty() && !settings.traces.url.starts_with("http://") &&
      !settings.traces.url.starts_with("https://")) {
    reader.refuse("AMBULA_TRACES_URL",
                  "an http or https address, for example http://collector:4318/v1/traces");
  }
  settings.traces.sample_ratio = reader.number(
      "AMBULA_TRACES_RATIO", "part of the traces begun here that are exported", 0.1, 0, 1);
  return settings;
}

}  // namespace ambula::service
