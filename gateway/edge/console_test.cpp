#include "console.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The console's files as browsers get them [UI-1].
namespace ambula::edge::console_test {

using ::testing::HasSubstr;
using ::testing::Not;

class ConsoleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::path(::testing::TempDir()) /
             ("console-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
              ::testing::UnitTest::GetInstance()->current_test_info()->name());
    write("index.html", "<!doctype html>");
    write("assets/main-1a2b.js", "run()");
    write("assets/main-1a2b.js.br", "BR");
    write("assets/main-1a2b.js.gz", "GZ");
    write("notes.unknown", "not served");
    auto loaded = Console::load(folder);
    ASSERT_TRUE(loaded);
    console = *std::move(loaded);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << content;
  }

  std::optional<http::Response> get(std::string path, const http::Headers& headers = {}) const {
    http::Request request;
    request.path = std::move(path);
    request.headers = headers;
    return console.answer(request);
  }
  static http::Headers with(std::string_view name, std::string_view value) {
    http::Headers headers;
    headers.add(name, value);
    return headers;
  }
  static http::Headers browser() {
    return with("accept", "text/html,application/xml;q=0.9,*/*;q=0.8");
  }

  std::filesystem::path folder;
  Console console;
};

TEST_F(ConsoleTest, HashedNamesAreKeptForAYearAndThePageNever) {
  EXPECT_EQ(get("/assets/main-1a2b.js")->headers.get("cache-control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(get("/", browser())->headers.get("cache-control"), "no-cache");
}

TEST_F(ConsoleTest, TheBestEncodingThatTheBrowserTakes) {
  const auto packed = get("/assets/main-1a2b.js", with("accept-encoding", "gzip, deflate, br"));
  EXPECT_EQ(packed->body, "BR");
  EXPECT_EQ(packed->headers.get("content-encoding"), "br");
  EXPECT_EQ(packed->headers.get("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/assets/main-1a2b.js", with("accept-encoding", "br;q=0, gzip;q=0.5"))->body, "GZ");
  const auto plain = get("/assets/main-1a2b.js", with("accept-encoding", "identity"));
  EXPECT_EQ(plain->body, "run()");
  EXPECT_EQ(plain->headers.get("content-encoding"), std::nullopt);
  EXPECT_THAT(std::string(*plain->headers.get("vary")), HasSubstr("accept-encoding"));
}

TEST_F(ConsoleTest, AKnownTagIsAnsweredWithoutBody) {
  const auto first = get("/", browser());
  auto headers = browser();
  headers.add("if-none-match", *first->headers.get("etag"));
  const auto again = get("/", headers);
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body, "");
  EXPECT_EQ(again->headers.get("etag"), first->headers.get("etag"));
}

TEST_F(ConsoleTest, UnknownPathsAreThePageForBrowsersOnly) {
  EXPECT_EQ(get("/reception/day", browser())->body, "<!doctype html>");
  EXPECT_EQ(get("/board/some-token", browser())->body, "<!doctype html>");
  EXPECT_EQ(get("/reception/day", with("accept", "application/json")), std::nullopt);
  EXPECT_EQ(get("/reception/day"), std::nullopt);
}

TEST_F(ConsoleTest, TheAddressesThatPeopleAreToldArePagesForAll) {
  for (const auto* path : {"/", "/board/some-token"}) {
    EXPECT_EQ(get(path)->body, "<!doctype html>") << path;
    EXPECT_EQ(get(path, with("accept", "*/*"))->body, "<!doctype html>") << path;
    EXPECT_EQ(get(path, with("accept", "application/json")), std::nullopt) << path;
  }
}

TEST_F(ConsoleTest, WhatOthersAnswerIsNeverThePage) {
  for (const auto* path : {"/v1", "/v1/patients", "/v1/nothing", "/openapi.json", "/docs",
                           "/docs/x", "/.well-known/jwks.json", "/healthz", "/readyz",
                           "/oauth2/token", "/fhir/R4/Patient", "/assets/gone-0000.js"}) {
    EXPECT_EQ(get(path, browser()), std::nullopt) << path;
  }
  EXPECT_TRUE(get("/v1beta", browser()));
}

TEST_F(ConsoleTest, OnlyGetAndOnlyFilesThatAreKnown) {
  http::Request request;
  request.method = http::Method::post;
  request.path = "/index.html";
  EXPECT_EQ(console.answer(request), std::nullopt);
  EXPECT_EQ(get("/notes.unknown"), std::nullopt);
  EXPECT_EQ(get("/assets/main-1a2b.js.br"), std::nullopt);
}

TEST_F(ConsoleTest, NothingInlineAndInNobodysFrame) {
  const auto page = get("/", browser());
  const std::string policy(*page->headers.get("content-security-policy"));
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_TRUE(page->headers.get("permissions-policy"));
}

TEST(ConsoleFolder, WithoutAPageItIsRefusedByName) {
  const auto missing = Console::load("/nonexistent-console");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().detail, HasSubstr("AMBULA_GATEWAY_CONSOLE_DIR"));
}

}  // namespace ambula::edge::console_test
