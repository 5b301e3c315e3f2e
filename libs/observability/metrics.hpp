#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ambula::metrics {

/// Label names and values. Values come from closed sets (route templates, codes), never from
/// people.
using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Handles are cheap to copy and live as long as the process. Asking twice for the same name and
// labels gives the same time series; ask once and keep the handle on hot paths. Names get the
// prefix `ambula_`. A name may take at most 1 000 label sets; further ones are counted under every
// label value "other".

class Counter {
 public:
  void add(double value = 1) const;
  void* handle{nullptr};
};
class Gauge {
 public:
  void set(double value) const;
  void add(double value) const;
  void* handle{nullptr};
};
class Histogram {
 public:
  void observe(double value) const;
  void* handle{nullptr};
};

Counter counter(std::string_view name, std::string_view help, Labels labels = {});
Gauge gauge(std::string_view name, std::string_view help, Labels labels = {});
/// Buckets are fixed by the first call for the name.
Histogram histogram(std::string_view name, std::string_view help,
                    const std::vector<double>& buckets, Labels labels = {});

/// OpenTelemetry's HTTP buckets, in seconds.
const std::vector<double>& request_seconds();
/// For database statements: 0.0005 … 5 s.
const std::vector<double>& statement_seconds();
/// For event latency: 0.05 … 900 s.
const std::vector<double>& event_seconds();

/// Prometheus text format of everything, with process_* (CPU, memory, descriptors, start time) and
/// ambula_build_info.
std::string exposition();

}  // namespace ambula::metrics
