#include "span.hpp"

#include <atomic>
#include <condition_variable>
#include <curl/curl.h>
#include <exception>
#include <mutex>
#include <thread>

#include <ambula/base/check.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>

#include "otlp.hpp"

namespace ambula::trace {
namespace {

using Steady = std::chrono::steady_clock;

/// Where spans wait for the exporter.
struct Spool {
  std::atomic<bool> open{false};
  std::mutex mutex;
  std::condition_variable filled;
  std::vector<Span> waiting;
  std::size_t waiting_max{0};
  std::size_t batch_max{0};
  std::size_t dropped{0};
};

Spool& spool() {
  static Spool only;
  return only;
}

metrics::Counter counter(std::string_view result) {
  return metrics::counter("trace_spans_total", "Spans by what became of them.",
                          {{"result", result}});
}

struct CurlFree {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

}  // namespace

bool wants(const Context& context) {
  return context.sampled && spool().open.load(std::memory_order_relaxed);
}

void record(Span span) {
  if (!wants(span.context)) return;
  Spool& to = spool();
  bool batch = false;
  {
    const std::lock_guard lock(to.mutex);
    if (to.waiting.size() >= to.waiting_max) {
      ++to.dropped;
      return;
    }
    to.waiting.push_back(std::move(span));
    batch = to.waiting.size() == to.batch_max;
  }
  if (batch) to.filled.notify_one();
}

void record_served(const Context& context, std::string_view method, std::string_view route,
                   std::chrono::steady_clock::time_point begun, int status) {
  if (!wants(context)) return;
  std::string name(method);
  if (!route.empty()) name.append(" ").append(route);
  record({.context = context,
          .kind = Kind::server,
          .name = std::move(name),
          .begun = begun,
          .failed = status >= 500,
          .attributes = {{"http.request.method", std::string(method)},
                         {"http.route", std::string(route.empty() ? "unmatched" : route)},
                         {"http.response.status_code", status}}});
}

DatabaseCall::DatabaseCall(std::string_view system, std::string_view statement)
    : within_(current()), system_(system), statement_(statement) {
  if (within_ != nullptr && !wants(*within_)) within_ = nullptr;
  if (within_ == nullptr) return;
  exceptions_ = std::uncaught_exceptions();
  begun_ = Steady::now();
}

DatabaseCall::~DatabaseCall() {
  if (within_ == nullptr) return;
  record({.context = within_->child(),
          .kind = Kind::client,
          .name = std::string(statement_),
          .begun = begun_,
          .failed = std::uncaught_exceptions() > exceptions_,
          .attributes = {{"db.system.name", std::string(system_)},
                         {"db.operation.name", std::string(statement_)}}});
}

struct Exporter::Impl {
  explicit Impl(ExportOptions given) : options(std::move(given)) {
    [[maybe_unused]] static const auto initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  }

  const ExportOptions options;
  const metrics::Counter exported{counter("exported")};
  const metrics::Counter refused{counter("refused")};
  const metrics::Counter dropped{counter("dropped")};
  std::unique_ptr<CURL, CurlFree> curl{curl_easy_init()};
  std::unique_ptr<curl_slist, CurlFree> fields{
      curl_slist_append(nullptr, "content-type: application/json")};
  bool reachable{true};  // said once, not every second
  std::jthread thread;

  void run(const std::stop_token& stop) {
    Spool& from = spool();
    const std::stop_callback wake(stop, [&] {
      // Under the lock: the thread may be between its look at `stop` and its wait.
      const std::lock_guard lock(from.mutex);
      from.filled.notify_one();
    });
    bool last = false;
    while (!last) {
      std::vector<Span> batch;
      {
        std::unique_lock lock(from.mutex);
        from.filled.wait_for(lock, options.interval, [&] {
          return stop.stop_requested() || from.waiting.size() >= options.batch_max;
        });
        last = stop.stop_requested();
        batch.swap(from.waiting);
        dropped.add(static_cast<double>(std::exchange(from.dropped, 0)));
      }
      send(batch);
    }
  }

  void send(const std::vector<Span>& batch) {
    if (batch.empty()) return;
    const bool taken = post(encode_spans(log::identity(), batch));
    (taken ? exported : refused).add(static_cast<double>(batch.size()));
    if (taken != std::exchange(reachable, taken) && !taken) log::warn("traces_not_taken");
  }

  bool post(const std::string& body) {
    CURL* const handle = curl.get();
    curl_easy_setopt(handle, CURLOPT_URL, options.url.c_str());
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields.get());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &ignore);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    if (curl_easy_perform(handle) != CURLE_OK) return false;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
  }
};

Exporter::Exporter(ExportOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {
  Spool& to = spool();
  {
    const std::lock_guard lock(to.mutex);
    AMBULA_CHECK(!to.open);
    to.waiting_max = impl_->options.waiting_max;
    to.batch_max = impl_->options.batch_max;
    to.open = true;
  }
  set_sample_ratio(impl_->options.sample_ratio);
  impl_->thread =
      std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->run(stop); });
}

Exporter::~Exporter() {
  spool().open = false;
  set_sample_ratio(1);
  impl_->thread.request_stop();
  impl_->thread.join();
}

}  // namespace ambula::trace
