#include "settings.hpp"

#include <algorithm>
#include <array>

namespace ambula::service {

Settings read_settings(config::Reader& reader) {
  Settings settings;
  settings.database_url =
      reader.required_secret("AMBULA_DB_URL", "PostgreSQL URL of this service's role");
  settings.brokers =
      reader.text("AMBULA_KAFKA_BROKERS", "Kafka bootstrap servers", "127.0.0.1:9092");
  settings.partitions = static_cast<int>(
      reader.integer("AMBULA_KAFKA_PARTITIONS",
                     "partitions of a topic that is made; never changed later", 12, 1, 1000));
  settings.replication = static_cast<int>(
      reader.integer("AMBULA_KAFKA_REPLICATION", "replicas of a topic that is made", 1, 1, 7));
  settings.http.address = reader.text("AMBULA_HTTP_ADDRESS", "address to listen on", "0.0.0.0");
  settings.http.port = static_cast<std::uint16_t>(
      reader.integer("AMBULA_HTTP_PORT", "port to listen on", 8080, 0, 65535));
  settings.http.connections_max = static_cast<std::size_t>(
      reader.integer("AMBULA_HTTP_CONNECTIONS_MAX", "open connections, then 503", 2048, 1, 100000));
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
  settings.jwks_file =
      reader.text("AMBULA_JWKS_FILE", "file with the gateway's public keys (JWKS)", "");
  settings.log_level = reader.text("AMBULA_LOG_LEVEL", "debug, info, warn or error", "info");
  constexpr std::array<std::string_view, 4> levels{"debug", "info", "warn", "error"};
  if (std::ranges::find(levels, settings.log_level) == levels.end()) {
    reader.refuse("AMBULA_LOG_LEVEL", "debug, info, warn or error, for example info");
  }
  return settings;
}

}  // namespace ambula::service
