#include <atomic>
#include <fcntl.h>
#include <limits>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <ambula/base/text.hpp>
#include <ambula/base/time.hpp>
#include <ambula/observability/log.hpp>
#include <ambula/observability/trace.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace log_test {

namespace log = ambula::log;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Lines of a test instead of stdout's.
class LogLines : public ::testing::Test {
 protected:
  LogLines() {
    log::configure("scheduling", "1.2.3", log::Level::debug);
    log::capture(&text_);
  }
  ~LogLines() override { log::capture(nullptr); }

  std::string text_;
};

/// What stands between the timestamp and the line's end.
std::string behind_time(const std::string& line) {
  const auto at = line.find(",\"level\"");
  EXPECT_NE(at, std::string::npos) << line;
  return at == std::string::npos ? line : line.substr(at + 1);
}

TEST_F(LogLines, IsOneJsonObjectPerLine) {
  log::info("request_done", {{"status", 200}, {"seconds", 0.25}, {"cached", false}});
  EXPECT_EQ(behind_time(text_),
            R"("level":"info","service":"scheduling","version":"1.2.3","event":"request_done",)"
            R"("status":200,"seconds":0.25,"cached":false})"
            "\n");
  ASSERT_THAT(text_, StartsWith(R"({"ts":")"));
  const auto stamp = text_.substr(7, text_.find('"', 7) - 7);
  const auto at = ambula::parse_instant(stamp);
  ASSERT_TRUE(at) << stamp;
  EXPECT_LT(ambula::system_now() - *at, std::chrono::minutes(1));
}

TEST_F(LogLines, TakesEveryKindOfField) {
  const ambula::Uuid id = *ambula::Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  const std::string text = "std";
  log::warn("kinds", {{"a", std::int64_t{-1}},
                      {"b", std::size_t{2}},
                      {"c", 3U},
                      {"d", 'x' == 'x'},
                      {"e", "literal"},
                      {"f", text},
                      {"g", std::string_view("view")},
                      {"h", id},
                      {"i", std::numeric_limits<std::int64_t>::min()},
                      {"j", 4LL},
                      {"k", std::uint16_t{5}},
                      {"l", 1e300}});
  EXPECT_THAT(text_, HasSubstr(R"("a":-1,"b":2,"c":3,"d":true,"e":"literal","f":"std","g":"view",)"
                               R"("h":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f",)"
                               R"("i":-9223372036854775808,"j":4,"k":5,"l":1e+300})"));
}

TEST_F(LogLines, NumbersThatAreNoneAreNull) {
  log::info("odd", {{"a", std::numeric_limits<double>::quiet_NaN()},
                    {"b", std::numeric_limits<double>::infinity()}});
  EXPECT_THAT(text_, HasSubstr(R"("a":null,"b":null})"));
}

TEST_F(LogLines, CannotBeForgedByAText) {
  log::error("odd", {{"text", "a\"b\\c\nd\x1B\xFF{\"event\":\"forged\"}"}});
  EXPECT_THAT(text_, HasSubstr(R"("text":"a\"b\\c\nd\u001b�{\"event\":\"forged\"}"})"));
  EXPECT_EQ(std::count(text_.begin(), text_.end(), '\n'), 1);
}

TEST_F(LogLines, AnyTextGivesOneUtf8Line) {
  EXPECT_TRUE(rc::check("one line, UTF-8, without control characters", [&](const std::string& any) {
    text_.clear();
    log::info(any, {{any, any}});
    RC_ASSERT(std::count(text_.begin(), text_.end(), '\n') == 1);
    RC_ASSERT(ambula::is_utf8(text_));
    RC_ASSERT(std::all_of(text_.begin(), text_.end() - 1,
                          [](char c) { return static_cast<unsigned char>(c) >= 0x20; }));
  }));
}

TEST_F(LogLines, CutsLongTexts) {
  log::info("long", {{"text", std::string(1'000'000, 'x')}});
  EXPECT_LT(text_.size(), 2'000U);
  EXPECT_THAT(text_, HasSubstr("xxx\"}"));
}

TEST_F(LogLines, CarriesTheScope) {
  log::info("before");
  {
    const auto context = ambula::trace::make();
    const ambula::trace::Scope scope(context, "request-7");
    text_.clear();
    log::info("inside");
    EXPECT_THAT(text_,
                HasSubstr(R"("event":"inside","trace_id":")" + context.trace_id +
                          R"(","span_id":")" + context.span_id + R"(","request_id":"request-7"})"));
  }
  text_.clear();
  log::info("after");
  EXPECT_THAT(text_, Not(HasSubstr("trace_id")));
  EXPECT_THAT(text_, Not(HasSubstr("request_id")));
}

TEST_F(LogLines, DropsLinesBelowTheLevel) {
  log::configure("scheduling", "1.2.3", log::Level::warn);
  log::debug("no");
  log::info("no");
  EXPECT_EQ(text_, "");
  log::warn("yes");
  log::error("yes");
  EXPECT_EQ(std::count(text_.begin(), text_.end(), '\n'), 2);
}

TEST(LogLevel, IsReadByName) {
  EXPECT_EQ(log::parse_level("debug"), log::Level::debug);
  EXPECT_EQ(log::parse_level("error"), log::Level::error);
  for (const char* name : {"", "INFO", "warning", "info "})
    EXPECT_EQ(log::parse_level(name), std::nullopt);
}

/// stdout is the writing end of a pipe while it lives; a reader gathers what comes out.
class PipedStdout {
 public:
  PipedStdout() {
    EXPECT_EQ(::pipe(ends_), 0);
    saved_ = ::dup(STDOUT_FILENO);
    ::dup2(ends_[1], STDOUT_FILENO);
    ::close(ends_[1]);
    reader_ = std::thread([this] {
      char buffer[4096];
      ssize_t got = 0;
      while ((got = ::read(ends_[0], buffer, sizeof buffer)) > 0) {
        text_.append(buffer, static_cast<std::size_t>(got));
      }
    });
  }
  std::string finish() {
    ::dup2(saved_, STDOUT_FILENO);  // the last writing end: the reader sees the end
    reader_.join();
    ::close(saved_);
    ::close(ends_[0]);
    return text_;
  }

 private:
  int ends_[2]{};
  int saved_{-1};
  std::thread reader_;
  std::string text_;
};

TEST(LogToStdout, LinesOfManyThreadsStayWhole) {
  constexpr int threads = 8;
  constexpr int each = 500;
  log::configure("scheduling", "1.2.3", log::Level::info);
  (void)std::fflush(stdout);
  PipedStdout pipe;
  std::vector<std::thread> writers;
  for (int t = 0; t < threads; ++t) {
    writers.emplace_back([t] {
      const std::string long_text(900, static_cast<char>('a' + t));
      for (int i = 0; i < each; ++i)
        log::info("line", {{"thread", t}, {"text", long_text}});
    });
  }
  for (auto& writer : writers)
    writer.join();
  const auto text = pipe.finish();
  const auto lines = ambula::split(text, '\n');
  ASSERT_EQ(lines.size(), static_cast<std::size_t>(threads * each + 1));
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    ASSERT_THAT(std::string(lines[i]), StartsWith(R"({"ts":")"));
    ASSERT_EQ(lines[i].substr(lines[i].size() - 2), "\"}");
    const char letter = lines[i][lines[i].size() - 3];
    ASSERT_NE(lines[i].find(std::string(900, letter)), std::string_view::npos);
  }
}

TEST(LogToStdout, AStdoutThatCannotBeWrittenStopsNothing) {
  (void)std::fflush(stdout);
  const int saved = ::dup(STDOUT_FILENO);
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  ::dup2(full, STDOUT_FILENO);
  log::error("lost");
  ::dup2(saved, STDOUT_FILENO);
  ::close(full);
  ::close(saved);
  SUCCEED();
}

}  // namespace log_test
