#include <cmath>
#include <fcntl.h>
#include <limits>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <ambula/base/text.hpp>
#include <ambula/base/time.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/metrics.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace metrics_test {

namespace metrics = ambula::metrics;
using ::testing::HasSubstr;
using ::testing::Not;

/// The value behind `series` in the exposition; NaN when there is none.
double value_of(const std::string& series) {
  const auto text = metrics::exposition();
  for (const auto line : ambula::split(text, '\n')) {
    if (line.substr(0, series.size() + 1) == series + " ") {
      return std::stod(std::string(line.substr(series.size() + 1)));
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

std::size_t series_count(const std::string& name) {
  std::size_t count = 0;
  const auto text = metrics::exposition();
  for (const auto line : ambula::split(text, '\n')) {
    const auto next = line.substr(0, name.size()) == name ? line.substr(name.size(), 1) : "";
    count += next == "{" || next == " " ? 1 : 0;
  }
  return count;
}

// OPS-1: metrics on the admin port.
TEST(Metrics, CountsUnderThePrefix) {
  const auto counter = metrics::counter("test_total", "A test.", {{"code", "a"}});
  counter.add();
  counter.add(2.5);
  EXPECT_EQ(value_of("ambula_test_total{code=\"a\"}"), 3.5);
  EXPECT_THAT(metrics::exposition(), HasSubstr("# HELP ambula_test_total A test.\n"
                                               "# TYPE ambula_test_total counter\n"));
}

TEST(Metrics, ACounterNeverFalls) {
  const auto counter = metrics::counter("test_rising_total", "A test.");
  counter.add(1);
  counter.add(-1);
  counter.add(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(value_of("ambula_test_rising_total"), 1);
}

TEST(Metrics, SameNameAndLabelsAreOneSeriesInAnyOrder) {
  metrics::counter("test_same_total", "A test.", {{"a", "1"}, {"b", "2"}}).add();
  metrics::counter("test_same_total", "A test.", {{"b", "2"}, {"a", "1"}}).add();
  metrics::counter("test_same_total", "A test.", {{"a", "2"}, {"b", "1"}}).add(5);
  EXPECT_EQ(value_of("ambula_test_same_total{a=\"1\",b=\"2\"}"), 2);
  EXPECT_EQ(value_of("ambula_test_same_total{a=\"2\",b=\"1\"}"), 5);
}

TEST(Metrics, AGaugeIsSetAndMoved) {
  const auto gauge = metrics::gauge("test_open", "A test.");
  gauge.set(5);
  gauge.add(-2);
  EXPECT_EQ(value_of("ambula_test_open"), 3);
}

TEST(Metrics, AHistogramCountsInBuckets) {
  const auto histogram = metrics::histogram("test_seconds", "A test.", {0.1, 1});
  for (const double value : {0.05, 0.1, 0.5, 7.0})
    histogram.observe(value);
  histogram.observe(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(value_of("ambula_test_seconds_bucket{le=\"0.1\"}"), 2);
  EXPECT_EQ(value_of("ambula_test_seconds_bucket{le=\"1\"}"), 3);
  EXPECT_EQ(value_of("ambula_test_seconds_bucket{le=\"+Inf\"}"), 4);
  EXPECT_EQ(value_of("ambula_test_seconds_count"), 4);
  EXPECT_DOUBLE_EQ(value_of("ambula_test_seconds_sum"), 7.65);
}

TEST(Metrics, BucketsAreThoseOfTheFirstCall) {
  metrics::histogram("test_fixed_seconds", "A test.", {1}, {{"a", "1"}}).observe(0.5);
  metrics::histogram("test_fixed_seconds", "A test.", {2, 3}, {{"a", "2"}}).observe(2.5);
  EXPECT_EQ(value_of("ambula_test_fixed_seconds_bucket{a=\"2\",le=\"1\"}"), 0);
  EXPECT_TRUE(std::isnan(value_of("ambula_test_fixed_seconds_bucket{a=\"2\",le=\"3\"}")));
}

TEST(Metrics, TooManyLabelSetsBecomeOther) {
  for (int i = 0; i < 1'200; ++i) {
    metrics::counter("test_open_total", "A test.", {{"kind", "x"}, {"n", std::to_string(i)}}).add();
  }
  EXPECT_EQ(series_count("ambula_test_open_total"), 1'001U);
  EXPECT_EQ(value_of("ambula_test_open_total{kind=\"other\",n=\"other\"}"), 200);
  // What was known before stays itself.
  metrics::counter("test_open_total", "A test.", {{"kind", "x"}, {"n", "3"}}).add();
  EXPECT_EQ(value_of("ambula_test_open_total{kind=\"x\",n=\"3\"}"), 2);
}

TEST(Metrics, LabelValuesCannotBreakTheFormat) {
  metrics::counter("test_odd_total", "A test.", {{"value", "a\"b\\c\nd\xFF"}}).add();
  EXPECT_THAT(metrics::exposition(),
              HasSubstr("ambula_test_odd_total{value=\"a\\\"b\\\\c\\nd\uFFFD\"} 1\n"));
  EXPECT_TRUE(ambula::is_utf8(metrics::exposition()));
}

TEST(Metrics, TwoKindsUnderOneNameStopTheProcess) {
  metrics::counter("test_kind", "A test.");
  EXPECT_DEATH(metrics::gauge("test_kind", "A test."), "check failed");
}

TEST(Metrics, AnEmptyHandleDoesNothing) {
  metrics::Counter{}.add();
  metrics::Gauge{}.set(1);
  metrics::Gauge{}.add(1);
  metrics::Histogram{}.observe(1);
  SUCCEED();
}

TEST(Metrics, CountsFromManyThreadsExactly) {
  constexpr int threads = 8;
  constexpr int each = 2'000;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([t] {
      const std::string mine = std::to_string(t % 2);
      for (int i = 0; i < each; ++i) {
        metrics::counter("test_threads_total", "A test.", {{"half", mine}}).add();
        metrics::histogram("test_threads_seconds", "A test.", {1}).observe(0.5);
        if (i % 500 == 0) {
          EXPECT_FALSE(metrics::exposition().empty());
        }
      }
    });
  }
  for (auto& worker : workers)
    worker.join();
  EXPECT_EQ(value_of("ambula_test_threads_total{half=\"0\"}"), threads * each / 2);
  EXPECT_EQ(value_of("ambula_test_threads_seconds_count"), threads * each);
}

TEST(Metrics, TellsWhatIsRunning) {
  ambula::log::configure("queue", "9.8.7", ambula::log::Level::info);
  EXPECT_EQ(value_of("ambula_build_info{service=\"queue\",version=\"9.8.7\"}"), 1);
}

TEST(ProcessMetrics, TellTheTruth) {
  const auto now = std::chrono::duration<double>(ambula::system_now().time_since_epoch()).count();
  EXPECT_GT(value_of("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value_of("process_virtual_memory_bytes"), value_of("process_resident_memory_bytes"));
  EXPECT_LE(value_of("process_start_time_seconds"), now + 1);
  EXPECT_GT(value_of("process_start_time_seconds"), now - 600);
  EXPECT_GT(value_of("process_max_fds"), value_of("process_open_fds"));
  EXPECT_GT(value_of("process_cpu_seconds_total"), 0);
}

TEST(ProcessMetrics, CountOpenDescriptors) {
  const auto before = value_of("process_open_fds");
  const int one = ::open("/dev/null", O_RDONLY);
  EXPECT_EQ(value_of("process_open_fds"), before + 1);
  ::close(one);
  EXPECT_EQ(value_of("process_open_fds"), before);
}

TEST(ProcessMetrics, CpuTimeGrowsWithWork) {
  const auto before = value_of("process_cpu_seconds_total");
  volatile double sink = 0;
  while (value_of("process_cpu_seconds_total") < before + 0.02)
    sink = sink + 1;
  SUCCEED();
}

TEST(Buckets, Rise) {
  for (const auto* buckets :
       {&metrics::request_seconds(), &metrics::statement_seconds(), &metrics::event_seconds()}) {
    EXPECT_TRUE(std::is_sorted(buckets->begin(), buckets->end()));
  }
  EXPECT_EQ(metrics::request_seconds().front(), 0.005);
  EXPECT_EQ(metrics::statement_seconds().front(), 0.0005);
  EXPECT_EQ(metrics::event_seconds().back(), 900);
}

}  // namespace metrics_test
