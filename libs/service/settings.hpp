#pragma once

#include <chrono>
#include <string>

#include <ambula/bus/cluster.hpp>
#include <ambula/config/config.hpp>
#include <ambula/http/server.hpp>
#include <ambula/observability/span.hpp>

namespace ambula::service {

/// The settings that every process understands.
struct Settings {
  std::string database_url;
  bus::Cluster kafka;
  int partitions;
  int replication;
  http::ServerOptions http;
  std::string admin_address;
  int admin_port;
  std::size_t workers;
  std::chrono::milliseconds start_timeout;
  std::string jwks_file;
  std::string log_level;
  trace::ExportOptions traces;  ///< no url: spans are not exported
};

Settings read_settings(config::Reader& reader);

}  // namespace ambula::service
