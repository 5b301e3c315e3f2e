#include "span.hpp"

#include <arpa/inet.h>
#include <array>
#include <mutex>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <ambula/observability/metrics.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "otlp.hpp"

// Spans on their way to a collector [OPS-1]. What they say is otlp.cpp's; who makes them is shown
// by tests/component/test_traces.py.
namespace ambula::trace::span_test {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

/// A collector that keeps what it is sent and answers with one status, or not at all.
class Collector {
 public:
  explicit Collector(int status) : status_(status), listening_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listening_, plain, size), 0);
    EXPECT_EQ(::listen(listening_, 8), 0);
    EXPECT_EQ(::getsockname(listening_, plain, &size), 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/v1/traces";
    thread_ = std::jthread([this] { serve(); });
  }
  ~Collector() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    ::close(listening_);
  }
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  const std::string& url() const { return url_; }
  std::string received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  void serve() {
    int peer = -1;
    while ((peer = ::accept(listening_, nullptr, nullptr)) >= 0) {
      const timeval limit{0, 500'000};
      setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
      answer(peer);
      ::close(peer);
    }
  }

  /// A body ends with its last bracket.
  void answer(int peer) {
    std::string text;
    std::array<char, 4096> part{};
    ssize_t size = 0;
    while (!text.ends_with("]}]}]}") && (size = ::recv(peer, part.data(), part.size(), 0)) > 0)
      text.append(part.data(), static_cast<std::size_t>(size));
    {
      const std::lock_guard lock(mutex_);
      received_ += text;
    }
    if (status_ == 0) return;
    const auto head = "HTTP/1.1 " + std::to_string(status_) +
                      " X\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    EXPECT_GT(::send(peer, head.data(), head.size(), MSG_NOSIGNAL), 0);
  }

  const int status_;
  const int listening_;
  std::string url_;
  mutable std::mutex mutex_;
  std::string received_;
  std::jthread thread_;
};

double counted(const std::string& result) {
  const auto text = metrics::exposition();
  const auto name = "ambula_trace_spans_total{result=\"" + result + "\"} ";
  const auto at = text.find(name);
  return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size()));
}

Span span_of(const Context& context, std::string name) {
  return {.context = context,
          .kind = Kind::server,
          .name = std::move(name),
          .begun = std::chrono::steady_clock::now() - 5ms,
          .attributes = {{"http.route", "/v1/\"x\""}, {"http.response.status_code", 200}}};
}

TEST(Spans, SayWhatOtlpWants) {
  const Context context{std::string(32, 'a'), std::string(16, 'b'), true, std::string(16, 'c')};
  auto failed = span_of(context, "GET /v1/x");
  failed.failed = true;
  const std::array spans{failed};
  const auto json = encode_spans({"queue", "1.2"}, spans);
  EXPECT_THAT(json, HasSubstr(R"({"key":"service.name","value":{"stringValue":"queue"}})"));
  EXPECT_THAT(json, HasSubstr("\"traceId\":\"" + std::string(32, 'a') + "\",\"spanId\":\"" +
                              std::string(16, 'b') + "\",\"parentSpanId\":\"" +
                              std::string(16, 'c') + "\",\"name\":\"GET /v1/x\",\"kind\":2,"));
  EXPECT_THAT(json, HasSubstr(R"({"key":"http.route","value":{"stringValue":"/v1/\"x\""}})"));
  EXPECT_THAT(json, HasSubstr(R"({"key":"http.response.status_code","value":{"intValue":"200"}})"));
  EXPECT_THAT(json, HasSubstr(R"("status":{"code":2})"));
}

TEST(Spans, AreNotWantedWithoutAnExporterOrWhenNotSampled) {
  EXPECT_FALSE(wants(make()));
  const Collector collector(200);
  const Exporter exporter({.url = collector.url(), .sample_ratio = 0});
  EXPECT_FALSE(wants(make())) << "begun here";
  EXPECT_TRUE(wants(*parse("00-" + std::string(32, 'a') + "-" + std::string(16, 'b') + "-01")))
      << "whoever began it decides";
}

TEST(Spans, ReachTheCollectorWithTheirParents) {
  const Collector collector(200);
  const auto before = counted("exported");
  const auto context = make().child();
  {
    const Exporter exporter({.url = collector.url(), .sample_ratio = 1, .interval = 10min});
    record(span_of(context, "one"));
    const Scope scope(context, "");
    try {
      const DatabaseCall call("postgresql", "get_thing");
      throw std::runtime_error("away");
    } catch (const std::runtime_error&) {
    }
  }
  const auto received = collector.received();
  EXPECT_THAT(received, HasSubstr("POST /v1/traces HTTP/1.1"));
  EXPECT_THAT(received, HasSubstr("\"name\":\"one\""));
  EXPECT_THAT(received, HasSubstr("\"parentSpanId\":\"" + context.span_id +
                                  "\",\"name\":\"get_thing\",\"kind\":3"));
  EXPECT_THAT(received, HasSubstr(R"("status":{"code":2})")) << "the exception left its block";
  EXPECT_EQ(counted("exported"), before + 2);
}

TEST(Spans, OfACollectorThatRefusesAreDroppedAndCounted) {
  const auto before = counted("refused");
  {
    const Collector refusing(503);
    const Exporter exporter({.url = refusing.url(), .sample_ratio = 1});
    record(span_of(make(), "one"));
  }
  EXPECT_EQ(counted("refused"), before + 1);
  {
    const Exporter exporter({.url = "http://127.0.0.1:1/v1/traces", .sample_ratio = 1});
    record(span_of(make(), "two"));
  }
  EXPECT_EQ(counted("refused"), before + 2);
}

TEST(Spans, NeverWaitForASilentCollector) {
  const auto before = counted("dropped");
  const Collector silent(0);
  {
    const Exporter exporter({.url = silent.url(),
                             .sample_ratio = 1,
                             .waiting_max = 10,
                             .batch_max = 5,
                             .interval = 1ms,
                             .timeout = 300ms});
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i)
      record(span_of(make(), "one"));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 200ms);
  }
  const auto dropped = counted("dropped") - before;
  EXPECT_GT(dropped, 0);
  EXPECT_LT(dropped, 1000);
}

}  // namespace ambula::trace::span_test
