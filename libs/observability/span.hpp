#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <ambula/observability/trace.hpp>

// Spans: the timed pieces of a trace, exported by OTLP over HTTP. Off unless an Exporter exists;
// then each costs a look at an atomic. No span ever waits for the collector.
namespace ambula::trace {

/// What a piece of work was to its trace, with OpenTelemetry's numbers.
enum class Kind { server = 2, client = 3, producer = 4, consumer = 5 };

/// A piece of work that has ended. As for log lines: names and attributes take codes and ids of
/// ours, nothing that a person typed.
struct Span {
  Context context;
  Kind kind;
  std::string name;  ///< of a closed set: a route, a statement, a topic
  std::chrono::steady_clock::time_point begun;
  std::chrono::steady_clock::time_point ended{std::chrono::steady_clock::now()};
  bool failed{false};
  /// By OpenTelemetry's semantic conventions.
  std::vector<std::pair<std::string_view, std::variant<std::int64_t, std::string>>> attributes{};
};

/// Whether a span of that context would be exported: ask before making one.
bool wants(const Context& context);
/// Hands it over from any thread. When the collector is slow and too many wait, it is dropped and
/// counted (trace_spans_total{result="dropped"}).
void record(Span span);

/// The span of a request that was answered, when it is wanted. `route` is its template; empty:
/// none.
void record_served(const Context& context, std::string_view method, std::string_view route,
                   std::chrono::steady_clock::time_point begun, int status);

/// A statement of a database within the current scope's work: a client span from here to the end of
/// the block. An exception that leaves the block marks it as failed.
class DatabaseCall {
 public:
  DatabaseCall(std::string_view system, std::string_view statement);
  ~DatabaseCall();
  DatabaseCall(const DatabaseCall&) = delete;
  DatabaseCall& operator=(const DatabaseCall&) = delete;

 private:
  const Context* within_;  ///< null: not exported
  std::string_view system_;
  std::string_view statement_;
  int exceptions_{0};
  std::chrono::steady_clock::time_point begun_{};
};

struct ExportOptions {
  std::string url;  ///< of a collector: http://collector:4318/v1/traces
  double sample_ratio{0.1};
  std::size_t waiting_max{8192};
  std::size_t batch_max{512};
  std::chrono::milliseconds interval{1000};
  std::chrono::milliseconds timeout{5000};  ///< of one request to the collector
};

/// Exports the spans of this process on a thread of its own while it lives; one at a time. Its end
/// tries once more to send what waits, for `timeout` at most. What a collector does not take is
/// dropped and counted: telemetry is never repeated at the cost of the work.
class Exporter {
 public:
  explicit Exporter(ExportOptions options);
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ambula::trace
