#include <cstdio>
#include <cstdlib>
#include <map>
#include <unistd.h>

#include <ambula/config/config.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace config_test {

using ambula::config::Reader;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using namespace std::chrono_literals;

Reader reader(std::map<std::string, std::string, std::less<>> values) {
  return Reader([values = std::move(values)](std::string_view key) -> std::optional<std::string> {
    const auto found = values.find(key);
    if (found == values.end()) return std::nullopt;
    return found->second;
  });
}

/// A file with a text, gone when the test ends.
class SecretFile {
 public:
  explicit SecretFile(std::string_view text) {
    const int file = ::mkstemp(path_);
    EXPECT_GE(file, 0);
    EXPECT_EQ(::write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(file);
  }
  ~SecretFile() { ::unlink(path_); }
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;
  std::string path() const { return path_; }

 private:
  char path_[32] = "/tmp/ambula-secret-XXXXXX";
};

TEST(Config, ReadsWhatIsSet) {
  auto config = reader({{"A", "text"},
                        {"B", "-7"},
                        {"C", "0.25"},
                        {"D", "On"},
                        {"E", "1500"},
                        {"F", "host"},
                        {"G", "hidden"}});
  EXPECT_EQ(config.text("A", "a", "x"), "text");
  EXPECT_EQ(config.integer("B", "b", 1, -10, 10), -7);
  EXPECT_EQ(config.number("C", "c", 1, 0, 1), 0.25);
  EXPECT_TRUE(config.flag("D", "d", false));
  EXPECT_EQ(config.milliseconds("E", "e", 1s, 0ms, 1min), 1500ms);
  EXPECT_EQ(config.required("F", "f", "example"), "host");
  EXPECT_EQ(config.secret("G", "g"), "hidden");
  EXPECT_EQ(config.required_secret("G", "g"), "hidden");
  EXPECT_THAT(config.faults(), IsEmpty());
}

TEST(Config, FallsBackWhenMissingOrEmpty) {
  for (auto& config :
       {reader({}),
        reader(
            {{"A", ""}, {"B", ""}, {"C", ""}, {"D", ""}, {"E", ""}, {"G", ""}, {"G_FILE", ""}})}) {
    auto mine = config;
    EXPECT_EQ(mine.text("A", "a", "x"), "x");
    EXPECT_EQ(mine.integer("B", "b", 3, 1, 10), 3);
    EXPECT_EQ(mine.number("C", "c", 0.5, 0, 1), 0.5);
    EXPECT_TRUE(mine.flag("D", "d", true));
    EXPECT_EQ(mine.milliseconds("E", "e", 1s, 0ms, 1min), 1s);
    EXPECT_EQ(mine.secret("G", "g", "fallback"), "fallback");
    EXPECT_THAT(mine.faults(), IsEmpty());
  }
}

TEST(Config, NamesEveryFaultOfOneStart) {
  auto config = reader({{"B", "70000"}, {"C", "nan"}, {"D", "maybe"}, {"E", "5s"}});
  EXPECT_EQ(config.required("A", "who to ask", "127.0.0.1:9092"), "");
  EXPECT_EQ(config.integer("B", "port", 8080, 0, 65535), 8080);
  EXPECT_EQ(config.number("C", "scale", 1, 0, 10), 1);
  EXPECT_FALSE(config.flag("D", "switch", false));
  EXPECT_EQ(config.milliseconds("E", "time", 30s, 1ms, 1min), 30s);
  EXPECT_EQ(config.required_secret("F", "database"), "");
  EXPECT_THAT(config.faults(),
              ElementsAre("A: missing (who to ask), for example 127.0.0.1:9092",
                          "B: \"70000\" is not a whole number from 0 to 65535, for example 8080",
                          "C: \"nan\" is not a number from 0 to 10, for example 1",
                          "D: \"maybe\" is neither true nor false, for example false",
                          "E: \"5s\" is not a whole number from 1 to 60000, for example 30000",
                          "F: missing (database), for example F_FILE=/run/secrets/f"));
}

TEST(Config, RefusesHalfNumbers) {
  for (const char* text : {"1 ", " 1", "1x", "+1", "0x1", "1.0", "one", "99999999999999999999"}) {
    auto config = reader({{"A", text}});
    EXPECT_EQ(config.integer("A", "a", 5, 0, 9), 5);
    EXPECT_EQ(config.faults().size(), 1U) << text;
  }
  for (const char* text : {"1 ", "1,5", "inf", "-inf", "nan", "1e400", "x"}) {
    auto config = reader({{"A", text}});
    EXPECT_EQ(config.number("A", "a", 5, 0, 9), 5);
    EXPECT_EQ(config.faults().size(), 1U) << text;
  }
}

TEST(Config, AFaultIsNamedOnce) {
  auto config = reader({});
  config.required("A", "a", "x");
  config.required("A", "a", "x");
  EXPECT_EQ(config.faults().size(), 1U);
}

TEST(Config, AWrongValueCannotFloodOrForgeALine) {
  auto config = reader({{"A", std::string(10'000, 'x')}, {"B", "1\nB: all is well\xFF"}});
  config.integer("A", "a", 1, 0, 9);
  config.integer("B", "b", 1, 0, 9);
  ASSERT_EQ(config.faults().size(), 2U);
  EXPECT_LT(config.faults()[0].size(), 200U);
  EXPECT_THAT(config.faults()[1], Not(HasSubstr("\n")));
  EXPECT_THAT(config.faults()[1], HasSubstr("\uFFFD"));
}

TEST(Config, ASecretComesFromAFile) {
  const SecretFile file("s3cret with spaces \r\n\n");
  auto config = reader({{"KEY_FILE", file.path()}});
  EXPECT_EQ(config.secret("KEY", "key"), "s3cret with spaces ");
  EXPECT_EQ(config.required_secret("KEY", "key"), "s3cret with spaces ");
  EXPECT_THAT(config.faults(), IsEmpty());
}

TEST(Config, ASecretFileThatCannotBeIsAFault) {
  const SecretFile empty("\n");
  const SecretFile large(std::string(64 * 1024 + 1, 'x'));
  for (const std::string& path :
       {std::string("/nowhere/at/all"), std::string("/tmp"), empty.path(), large.path()}) {
    auto config = reader({{"KEY_FILE", path}});
    EXPECT_EQ(config.required_secret("KEY", "key"), "") << path;
    ASSERT_EQ(config.faults().size(), 1U) << path;
    EXPECT_THAT(config.faults()[0], HasSubstr("KEY_FILE: ")) << path;
  }
}

TEST(Config, ASecretGivenTwiceIsAFault) {
  const SecretFile file("one");
  auto config = reader({{"KEY", "two"}, {"KEY_FILE", file.path()}});
  config.secret("KEY", "key");
  EXPECT_THAT(config.faults(), ElementsAre(HasSubstr("KEY: set as well as KEY_FILE")));
}

TEST(Config, NeverPrintsASecret) {
  const SecretFile file("canary-of-the-file");
  auto config = reader(
      {{"A", "canary-of-the-environment"}, {"A_FILE", file.path()}, {"B_FILE", file.path()}});
  config.secret("A", "a", "canary-of-the-fallback");
  config.secret("B", "b", "canary-of-the-fallback");
  config.secret("C", "c", "canary-of-the-fallback");
  std::string all = config.help();
  for (const auto& fault : config.faults())
    all += fault;
  EXPECT_THAT(all, Not(HasSubstr("canary")));
  EXPECT_THAT(all, HasSubstr("(secret)"));
}

TEST(Config, HelpNamesEveryKeyOnceWithItsDefault) {
  auto config = reader({{"A", "other"}});
  config.text("A", "the first", "plain");
  config.text("A", "the first", "plain");
  config.integer("B", "the second", 8080, 0, 65535);
  config.flag("C", "the third", false);
  config.required("D", "the fourth", "x");
  config.secret("E", "the fifth");
  const auto help = config.help();
  EXPECT_EQ(std::count(help.begin(), help.end(), '\n'), 5);
  EXPECT_THAT(help, ::testing::ContainsRegex("A +plain +the first"));
  EXPECT_THAT(help, ::testing::ContainsRegex("B +8080 +the second"));
  EXPECT_THAT(help, ::testing::ContainsRegex("C +false +the third"));
  EXPECT_THAT(help, ::testing::ContainsRegex("D +.required. +the fourth"));
  EXPECT_THAT(help, HasSubstr("E_FILE names a file"));
  EXPECT_THAT(help, Not(HasSubstr("other")));
}

TEST(Config, ReadsTheEnvironment) {
  ::setenv("AMBULA_CONFIG_TEST", "from outside", 1);
  Reader config;
  EXPECT_EQ(config.text("AMBULA_CONFIG_TEST", "a", ""), "from outside");
  ::unsetenv("AMBULA_CONFIG_TEST");
  EXPECT_EQ(config.text("AMBULA_CONFIG_TEST", "a", "gone"), "gone");
}

TEST(Config, ACallersOwnFaultTellsNoValue) {
  ::setenv("AMBULA_CONFIG_TEST", "not an address", 1);
  Reader config;
  config.text("AMBULA_CONFIG_TEST", "a", "");
  config.refuse("AMBULA_CONFIG_TEST", "an address, for example a@b.example");
  ::unsetenv("AMBULA_CONFIG_TEST");
  EXPECT_THAT(
      config.faults(),
      ::testing::ElementsAre("AMBULA_CONFIG_TEST: is not an address, for example a@b.example"));
}

}  // namespace config_test
