#include "metrics.hpp"

#include <cmath>
#include <functional>
#include <map>
#include <mutex>

#include <ambula/base/check.hpp>
#include <ambula/base/text.hpp>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "log.hpp"
#include "process.hpp"

namespace ambula::metrics {
namespace {

/// Prometheus keeps every series for ever, so a label that turns out to be open must not fill
/// memory.
constexpr std::size_t max_label_sets = 1000;

using LabelSet = prometheus::Labels;

LabelSet label_set(Labels labels) {
  LabelSet set;
  // A scrape fails as a whole over one malformed byte.
  for (const auto& [name, value] : labels)
    set.emplace(std::string(name), to_utf8(value));
  return set;
}

LabelSet others_of(LabelSet set) {
  for (auto& [name, value] : set)
    value = "other";
  return set;
}

/// All series of one name.
template <class T>
struct Series {
  prometheus::Family<T>* family{nullptr};
  std::vector<double> buckets;  // histograms only
  std::map<LabelSet, T*> known;

  T* add(const LabelSet& labels) {
    if constexpr (std::is_same_v<T, prometheus::Histogram>) {
      return &family->Add(labels, buckets);
    } else {
      return &family->Add(labels);
    }
  }

  T* find(LabelSet labels) {
    if (const auto found = known.find(labels); found != known.end()) return found->second;
    if (known.size() >= max_label_sets) {
      labels = others_of(std::move(labels));
      if (const auto found = known.find(labels); found != known.end()) return found->second;
    }
    T* const series = add(labels);
    known.emplace(std::move(labels), series);
    return series;
  }
};

template <class T>
using SeriesByName = std::map<std::string, Series<T>, std::less<>>;

struct Registry {
  std::mutex mutex;
  prometheus::Registry families{prometheus::Registry::InsertBehavior::Throw};
  SeriesByName<prometheus::Counter> counters;
  SeriesByName<prometheus::Gauge> gauges;
  SeriesByName<prometheus::Histogram> histograms;
};

Registry& registry() {
  // Never destroyed: handles live as long as the process, static destructors included.
  static auto* const registry = new Registry;
  return *registry;
}

/// Whether one of the other two kinds has the name: two kinds under one name are a mistake of ours.
template <class A, class B>
bool is_taken(const SeriesByName<A>& a, const SeriesByName<B>& b, std::string_view name) {
  return a.find(name) != a.end() || b.find(name) != b.end();
}

template <class T, class Builder>
Series<T>& series_of(SeriesByName<T>& all, Builder builder, std::string_view name,
                     std::string_view help, const std::vector<double>& buckets = {}) {
  if (const auto found = all.find(name); found != all.end()) return found->second;
  auto& family = builder.Name("ambula_" + std::string(name))
                     .Help(std::string(help))
                     .Register(registry().families);
  auto& series = all[std::string(name)];
  series.family = &family;
  series.buckets = buckets;
  return series;
}

prometheus::MetricFamily single(const char* name, const char* help, prometheus::MetricType type,
                                double value) {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  return {name, help, type, {metric}};
}

void append_process(std::vector<prometheus::MetricFamily>& all) {
  using prometheus::MetricType;
  const auto figures = process_figures();
  all.push_back(single("process_cpu_seconds_total", "User and system CPU time spent in seconds.",
                       MetricType::Counter, figures.cpu_seconds));
  all.push_back(single("process_resident_memory_bytes", "Resident memory size in bytes.",
                       MetricType::Gauge, figures.resident_bytes));
  all.push_back(single("process_virtual_memory_bytes", "Virtual memory size in bytes.",
                       MetricType::Gauge, figures.virtual_bytes));
  all.push_back(single("process_open_fds", "Number of open file descriptors.", MetricType::Gauge,
                       figures.open_descriptors));
  all.push_back(single("process_max_fds", "Maximum number of open file descriptors.",
                       MetricType::Gauge, figures.max_descriptors));
  all.push_back(single("process_start_time_seconds",
                       "Start time of the process since unix epoch in seconds.", MetricType::Gauge,
                       figures.start_unix_seconds));
}

void append_build_info(std::vector<prometheus::MetricFamily>& all) {
  const auto identity = log::identity();
  auto info =
      single("ambula_build_info", "What is running; always 1.", prometheus::MetricType::Gauge, 1);
  info.metric.front().label = {{"service", to_utf8(identity.service)},
                               {"version", to_utf8(identity.version)}};
  all.push_back(std::move(info));
}

}  // namespace

void Counter::add(double value) const {
  // A counter that falls looks like a restart to Prometheus.
  if (handle == nullptr || !(value >= 0)) return;
  static_cast<prometheus::Counter*>(handle)->Increment(value);
}

void Gauge::set(double value) const {
  if (handle != nullptr) static_cast<prometheus::Gauge*>(handle)->Set(value);
}

void Gauge::add(double value) const {
  if (handle != nullptr) static_cast<prometheus::Gauge*>(handle)->Increment(value);
}

void Histogram::observe(double value) const {
  // One NaN would make the sum NaN for ever.
  if (handle == nullptr || std::isnan(value)) return;
  static_cast<prometheus::Histogram*>(handle)->Observe(value);
}

Counter counter(std::string_view name, std::string_view help, Labels labels) {
  auto& all = registry();
  const std::lock_guard lock(all.mutex);
  AMBULA_CHECK(!is_taken(all.gauges, all.histograms, name));
  auto& series = series_of(all.counters, prometheus::BuildCounter(), name, help);
  return {series.find(label_set(labels))};
}

Gauge gauge(std::string_view name, std::string_view help, Labels labels) {
  auto& all = registry();
  const std::lock_guard lock(all.mutex);
  AMBULA_CHECK(!is_taken(all.counters, all.histograms, name));
  auto& series = series_of(all.gauges, prometheus::BuildGauge(), name, help);
  return {series.find(label_set(labels))};
}

Histogram histogram(std::string_view name, std::string_view help,
                    const std::vector<double>& buckets, Labels labels) {
  auto& all = registry();
  const std::lock_guard lock(all.mutex);
  AMBULA_CHECK(!is_taken(all.counters, all.gauges, name));
  auto& series = series_of(all.histograms, prometheus::BuildHistogram(), name, help, buckets);
  return {series.find(label_set(labels))};
}

const std::vector<double>& request_seconds() {
  static const std::vector<double> buckets{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
                                           0.5,   0.75, 1,     2.5,  5,     7.5, 10};
  return buckets;
}

const std::vector<double>& statement_seconds() {
  static const std::vector<double> buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                           0.1,    0.25,  0.5,    1,     2.5,  5};
  return buckets;
}

const std::vector<double>& event_seconds() {
  static const std::vector<double> buckets{0.05, 0.1, 0.25, 0.5, 1,   2.5, 5,
                                           10,   30,  60,   120, 300, 900};
  return buckets;
}

std::string exposition() {
  std::vector<prometheus::MetricFamily> all = registry().families.Collect();
  append_build_info(all);
  append_process(all);
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace ambula::metrics
