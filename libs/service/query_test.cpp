#include <ambula/service/query.hpp>
#include <gtest/gtest.h>

namespace ambula::service::query_test {

TEST(Page, TellsTheCursorTwice) {
  const auto last = page_body({"1", "2"}, std::nullopt, {});
  EXPECT_EQ(last.body, R"({"items":[1,2],"next_cursor":null})");
  EXPECT_FALSE(last.next_cursor);
  const auto first = page_body({}, Cursor{"a", "b"}, {.list = "of"});
  ASSERT_TRUE(first.next_cursor);
  EXPECT_EQ(first.body, R"({"items":[],"next_cursor":")" + *first.next_cursor + "\"}");
  EXPECT_EQ(decode_cursor(*first.next_cursor), (Cursor{"of", "a", "b"}));
  EXPECT_EQ(ok(first).next_cursor, first.next_cursor);
}

TEST(Page, LinkKeepsTheQueryAndNothingCanLeaveIt) {
  http::Request request;
  EXPECT_EQ(next_link(request, "Mg"), R"(<?cursor=Mg>; rel="next")");
  request.query = {{"limit", "1"}, {"cursor", "MQ"}, {"q", "a&b=c >\"\r\n\xc3\xa9+"}};
  EXPECT_EQ(next_link(request, "Mg"),
            R"(<?limit=1&q=a%26b%3Dc%20%3E%22%0D%0A%C3%A9%2B&cursor=Mg>; rel="next")");
}

TEST(Page, ACursorIsGoodForItsListOnly) {
  http::Request request;
  request.path = "/v1/doctors";
  const auto first = page_body({}, Cursor{"x"}, Query(request).page(1));
  const auto asked = [&](std::string path) {
    http::Request next;
    next.path = std::move(path);
    next.query = {{"limit", "200"}, {"cursor", *first.next_cursor}};
    return Query(next).page(1).after;
  };
  EXPECT_EQ(asked("/v1/doctors"), Cursor{"x"});
  EXPECT_EQ(asked("/v1/departments"), std::nullopt);
}

}  // namespace ambula::service::query_test
