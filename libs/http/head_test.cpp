#include "head.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ambula::http::head_test {
namespace {

using std::string_literals::operator""s;

struct Shape {
  std::string what;
  std::string raw;
  std::string code;
};

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: clinic.example\r\n\r\n";
}

std::string post(const std::string& fields) {
  return "POST /v1/patients HTTP/1.1\r\nHost: clinic.example\r\n" + fields + "\r\n";
}

std::string code_of(const std::string& raw) {
  const auto head = validate_head(raw, {});
  return head ? "accepted" : head.error().code;
}

/// A line that is refused wherever it stands.
struct BadLine {
  std::string line;
  std::string code;
};

// The shapes of docs/security.md, "Request heads": what Boost.Beast 1.81 lets pass, and what it
// refuses.
const std::vector<BadLine> bad_lines{
    {"Transfer-Encoding: gzip", "transfer-encoding"},
    {"Transfer-Encoding: identity", "transfer-encoding"},
    {"Transfer-Encoding: chunked, gzip", "transfer-encoding"},
    {"Transfer-Encoding: gzip, chunked", "transfer-encoding"},
    {"Transfer-Encoding: chunked, chunked", "transfer-encoding"},
    {"Transfer-Encoding: xchunked", "transfer-encoding"},
    {"Transfer-Encoding: \"chunked\"", "transfer-encoding"},
    {"Transfer-Encoding: chunked;q=1", "transfer-encoding"},
    {"Transfer-Encoding: Chunked", "transfer-encoding"},
    {"Transfer-Encoding: CHUNKED", "transfer-encoding"},
    {"Transfer-Encoding:", "transfer-encoding"},
    {"Transfer-Encoding: ,chunked", "transfer-encoding"},
    {"Transfer-Encoding: chunked,", "transfer-encoding"},
    {"Transfer-Encoding: chunked ", "transfer-encoding"},
    {"Transfer-Encoding:  chunked", "transfer-encoding"},
    {"Transfer-Encoding:\tchunked", "transfer-encoding"},
    {"Transfer-Encoding: chunked\t", "transfer-encoding"},
    {"Transfer-Encoding: \x0b"
     "chunked",
     "field-value"},
    {"Transfer-Encoding: chunked\x0c", "field-value"},
    {"Transfer-Encoding : chunked", "field-name"},
    {"Transfer_Encoding: chunked", "field-name"},
    {"Transfer-Encoding\t: chunked", "field-name"},
    {" Transfer-Encoding: chunked", "field-name"},
    {"\tTransfer-Encoding: chunked", "field-name"},
    {"Transfer-Encoding\r: chunked", "field-name"},
    {"Content-Length: +5", "content-length"},
    {"Content-Length: -5", "content-length"},
    {"Content-Length: 0x5", "content-length"},
    {"Content-Length: 5, 5", "content-length"},
    {"Content-Length: 5,6", "content-length"},
    {"Content-Length: 5 5", "content-length"},
    {"Content-Length: 05", "content-length"},
    {"Content-Length: 00", "content-length"},
    {"Content-Length: 5.0", "content-length"},
    {"Content-Length: 5e1", "content-length"},
    {"Content-Length: \"5\"", "content-length"},
    {"Content-Length: five", "content-length"},
    {"Content-Length:", "content-length"},
    {"Content-Length: ", "content-length"},
    {"Content-Length:  5", "content-length"},
    {"Content-Length: 5 ", "content-length"},
    {"Content-Length:\t5", "content-length"},
    {"Content-Length: 5;", "content-length"},
    {"Content-Length: 12345678901", "content-length"},
    {"Content-Length: 1234567890123456789012345678", "content-length"},
    {"Content-Length: 18446744073709551621", "content-length"},
    {"Content-Length : 5", "field-name"},
    {"Content_Length: 5", "field-name"},
    {"Host : clinic.example", "field-name"},
    {"Host: other.example", "repeated-field"},
    {"Host: clinic.example", "repeated-field"},
    {"host: clinic.example", "repeated-field"},
    {"X-A: folded\r\n line", "field-name"},
    {"X-A: folded\r\n\tline", "field-name"},
    {"Transfer-Encoding:\r\n chunked", "transfer-encoding"},
    {"X-A:\r\n chunked", "field-name"},
    {"X_User_Id: 1", "field-name"},
    {"X-User Id: 1", "field-name"},
    {"X-(a): 1", "field-name"},
    {"X-\x80: 1", "field-name"},
    {": no name", "field-name"},
    {"no colon", "field-name"},
    {"X-A", "field-name"},
    {"X-A: a\nX-B: b", "bare-lf"},
    {"X-A: a\rX-B: b", "field-value"},
    {"X-A: a\x01", "field-value"},
    {"X-A: \x7f", "field-value"},
    {"X-A: \x80", "field-value"},
    {"X-A: caf\xc3\xa9", "field-value"},
    {"X-A: a\0b"s, "field-value"},
    {"X-\0A: b"s, "field-name"},
    {"Upgrade: h2c", "upgrade"},
    {"Upgrade: websocket", "upgrade"},
    {"Connection: upgrade", "connection-option"},
    {"Connection: close, authorization", "connection-option"},
    {"Connection: content-length", "connection-option"},
    {"Connection: x-internal", "connection-option"},
    {"Expect: 200-ok", "expectation-failed"},
    {"Expect: 100-continue, x", "expectation-failed"},
    {"Expect:", "expectation-failed"},
};

const std::vector<std::string> once{
    "Authorization", "Content-Type",     "Idempotency-Key",   "X-Request-Id", "Cookie",
    "Traceparent",   "If-Match",         "If-None-Match",     "Origin",       "Last-Event-ID",
    "Range",         "Content-Encoding", "Ambula-Deadline-Ms"};

std::vector<Shape> refused_lines() {
  std::vector<Shape> shapes;
  for (const auto& [line, code] : bad_lines) {
    const std::string start = "POST / HTTP/1.1\r\n";
    const std::string host = "Host: clinic.example\r\n";
    const std::string field = line + "\r\n";
    // Before Host a repeated Host is found at Host itself, with the same code.
    shapes.push_back({"first: " + line, start + field + host + "X-Last: 1\r\n\r\n", code});
    shapes.push_back({"middle: " + line, start + host + field + "X-Last: 1\r\n\r\n", code});
    shapes.push_back({"last: " + line, start + host + "X-First: 1\r\n" + field + "\r\n", code});
  }
  for (const auto& name : once) {
    shapes.push_back(
        {"twice " + name, post(name + ": a\r\n" + name + ": a\r\n"), "repeated-field"});
    shapes.push_back(
        {"two cases of " + name,
         post(name + ": a\r\nX-A: 1\r\n" + to_string(Method::get).data() + ": x\r\n" +
              std::string(1, static_cast<char>(name[0] + 32)) + name.substr(1) + ": b\r\n"),
         "repeated-field"});
  }
  return shapes;
}

std::vector<Shape> refused_framings() {
  std::vector<Shape> shapes{
      {"CL and TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), "two-lengths"},
      {"TE and CL", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), "two-lengths"},
      {"TE and CL 0", post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), "two-lengths"},
      {"two CL", post("Content-Length: 5\r\nContent-Length: 5\r\n"), "repeated-field"},
      {"two other CL", post("Content-Length: 5\r\ncontent-length: 6\r\n"), "repeated-field"},
      {"two TE", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
       "repeated-field"},
      {"TE, then identity", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
       "repeated-field"},
      {"TE on 1.0", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
       "transfer-encoding"},
      {"no host", "GET / HTTP/1.1\r\n\r\n", "host"},
      {"no host on 1.0", "GET / HTTP/1.0\r\n\r\n", "host"},
      {"GET with CL", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n", "unexpected-body"},
      {"GET with TE", "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
       "unexpected-body"},
      {"HEAD with CL", "HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n",
       "unexpected-body"},
      {"DELETE with CL", "DELETE /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n",
       "unexpected-body"},
      {"DELETE with TE", "DELETE /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
       "unexpected-body"},
      {"OPTIONS with CL", "OPTIONS /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n",
       "unexpected-body"},
      {"empty line first", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "request-line"},
      {"LF only", "GET / HTTP/1.1\nHost: h\n\n", "bare-lf"},
      {"LF in the start line", "GET / HTTP/1.1\nHost: h\r\n\r\n", "bare-lf"},
      {"LF as the last line", "GET / HTTP/1.1\r\nHost: h\r\n\n", "bare-lf"},
      {"CR CR LF", "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", "request-line"},
      {"no end", "GET / HTTP/1.1\r\nHost: h\r\n", "head-incomplete"},
      {"nothing", "", "head-incomplete"},
      {"bytes after", "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET", "bytes-after-head"},
      {"field before start", "Host: h\r\nGET / HTTP/1.1\r\n\r\n", "request-line"},
      {"many fields",
       [] {
         std::string fields;
         for (int i = 0; i < 64; ++i)
           fields += "X-" + std::to_string(i) + ": 1\r\n";
         return post(fields);
       }(),
       "too-many-fields"},
      {"long target", get("/" + std::string(8192, 'a')), "target-too-long"},
  };
  return shapes;
}

std::vector<Shape> refused_request_lines() {
  const std::string tail = "\r\nHost: h\r\n\r\n";
  std::vector<Shape> shapes;
  for (const char* line : {"GET  / HTTP/1.1",
                           "GET /  HTTP/1.1",
                           " GET / HTTP/1.1",
                           "GET / HTTP/1.1 ",
                           "GET\t/\tHTTP/1.1",
                           "GET / a HTTP/1.1",
                           "GET /",
                           "GET",
                           "/",
                           "GET / HTTP/1.1\t",
                           "GET / HTTP/11",
                           "GET / HTTP/1.1.1",
                           "GET / http/1.1",
                           "GET / HTTP/1,1",
                           "GET / HTTP/a.b",
                           "GET / HTTP1.1",
                           "GET / XTTP/1.1",
                           "GET / HTTP/ 1.1",
                           "GET / HTTP/+1.1",
                           "GET / HTTP/1.10"}) {
    shapes.push_back({line, line + tail, "request-line"});
  }
  for (const char* version :
       {"HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0", "HTTP/0.0", "HTTP/9.9"}) {
    shapes.push_back({version, "GET / "s + version + tail, "version-not-supported"});
  }
  for (const char* method : {"get", "Get", "CONNECT", "TRACE", "PRI", "PROPFIND", "GETX", "G",
                             "LINK", "G\x80T", "\"GET\"", "GE:T"}) {
    shapes.push_back({method, method + " / HTTP/1.1"s + tail, "unknown-method"});
  }
  return shapes;
}

std::vector<Shape> refused_targets() {
  std::vector<Shape> shapes;
  for (const char* target : {"http://h/", "https://h/a", "*", "h:443", "a", "?a=1", "//h/a/../",
                             "ftp://h", "\\a", "#a", "%2f"}) {
    const std::string code = target[0] == '/' ? "path" : "target-form";
    shapes.push_back({target, get(target), code});
  }
  for (const char* path :
       {"/a#b",      "/a#",       "//",      "//a",        "/a//b",        "/a//",   "/.",
        "/..",       "/a/..",     "/a/../b", "/./a",       "/a/./b",       "/a/.",   "/%2e",
        "/%2e%2e/a", "/a/%2E%2e", "/.%2e/a", "/a%2fb",     "/a%2Fb",       "/a%5cb", "/a%5Cb",
        "/a\\b",     "/a%00",     "/%00",    "/a%0a",      "/a%0d%0a",     "/a%09",  "/a%7f",
        "/a%",       "/a%4",      "/a%zz",   "/a%4g",      "/%252e",       "/a%25",  "/a\"b",
        "/a<b",      "/a>b",      "/a^b",    "/a`b",       "/a{b",         "/a}b",   "/a|b",
        "/a[b",      "/a]b",      "/\x80",   "/a\xff",     "/caf\xc3\xa9", "/a\x01", "/a\x7f",
        "/a\tb",     "/%ff",      "/%c0%af", "/%ed%a0%80", "/%c3",         "/a\rb",  "/%c2%80"}) {
    shapes.push_back({path, get(path), "path"});
  }
  for (const char* query :
       {"a=%", "a=%4", "a=%zz", "a=%00", "%00=1", "a=\"", "a=<", "a=>", "a=#", "#", "a\\b",
        "a=\x80", "a=%ff", "a=%c0%af", "a=\x01", "a=\tb", "a=\rb"}) {
    shapes.push_back({query, get("/p?"s + query), "query"});
  }
  for (const char* host :
       {"",         " ",       "a b", "a/b",    "a@b",    "user:pw@a", "a:",   "a:b",
        "a:123456", "a:80:80", ":80", "a,b",    "a?b",    "a#b",       "[",    "[]",
        "[::1",     "[g::1]",  "::1", "[::1]x", "[::1]:", "[::1]:x",   "a\\b", "a%41",
        "\"a\"",    "a\tb",    "h ",  " h",     "h\t"}) {
    shapes.push_back({"host "s + host, "GET / HTTP/1.1\r\nHost: "s + host + "\r\n\r\n", "host"});
  }
  shapes.push_back({"NUL in the start line", "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s, "path"});
  shapes.push_back(
      {"long host", "GET / HTTP/1.1\r\nHost: " + std::string(256, 'a') + "\r\n\r\n", "host"});
  return shapes;
}

TEST(Head, RefusesEveryShapeThatParsersReadDifferently) {
  std::vector<Shape> shapes = refused_lines();
  for (const auto& more : {refused_framings(), refused_request_lines(), refused_targets()}) {
    shapes.insert(shapes.end(), more.begin(), more.end());
  }
  EXPECT_GE(shapes.size(), 400U);
  for (const auto& shape : shapes) {
    EXPECT_EQ(code_of(shape.raw), shape.code) << ::testing::PrintToString(shape.what);
  }
}

TEST(Head, AnErrorNeverQuotesTheInput) {
  const auto head = validate_head("GET /secret?name=mueller%zz HTTP/1.1\r\nHost: h\r\n\r\n", {});
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().kind, ErrorKind::malformed);
  EXPECT_EQ(head.error().detail.find("mueller"), std::string::npos);
  EXPECT_EQ(head.error().detail.find("secret"), std::string::npos);
}

TEST(Head, AcceptsWhatClientsSend) {
  std::string fields;
  for (int i = 0; i < 63; ++i)
    fields += "X-" + std::to_string(i) + ": 1\r\n";
  const std::vector<std::string> accepted{
      get("/"),
      get("/v1/patients"),
      get("/v1/patients/"),
      get("/v1/a.b/c-d_e~f"),
      get("/v1/..."),
      get("/a;b=c,d:e@f!$&'()*+="),
      get("/a%20b"),
      get("/caf%C3%A9"),
      get("/a?"),
      get("/a??"),
      get("/a?b/c?d"),
      get("/a?b=[1]|{2}^`"),
      get("/a?a=%2F"),
      get("/" + std::string(8191, 'a')),
      post("Content-Length: 0\r\n"),
      post("Content-Length:5\r\n"),
      post("Content-Length: 9999999999\r\n"),
      post("Transfer-Encoding: chunked\r\n"),
      post("Transfer-Encoding:chunked\r\n"),
      post(""),
      post(fields),
      post("Expect: 100-Continue\r\nContent-Length: 5\r\n"),
      post("X-Empty:\r\n"),
      post("X-Tab:\ta\tb\t\r\n"),
      post("Accept: a\r\nAccept: b\r\n"),
      post("Connection: keep-alive\r\n"),
      post("Connection: TE\r\nTE: trailers\r\n"),
      post("Keep-Alive: timeout=5\r\n"),
      post("User-Agent: a/1 (b; c) \"d\" <e> #f \\\r\n"),
      "GET / HTTP/1.0\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHOST: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a_b.c-d:8080\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost:h\r\n\r\n",
      "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n",
      "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n",
      "PATCH /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n",
      "DELETE /a HTTP/1.1\r\nHost: h\r\n\r\n",
      "DELETE /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
      "OPTIONS /a HTTP/1.1\r\nHost: h\r\n\r\n"};
  for (const auto& raw : accepted)
    EXPECT_EQ(code_of(raw), "accepted") << raw;
}

TEST(Head, SaysWhatTheBytesSay) {
  const auto head = validate_head(
      "POST /v1/a%20b?x=1%2B1&y=a+b&z&&=e HTTP/1.1\r\nHost: h\r\nX-Thing:  some value \r\n"
      "Content-Length: 12\r\nExpect: 100-continue\r\nConnection: Close\r\n\r\n",
      {});
  ASSERT_TRUE(head);
  EXPECT_EQ(head->method, Method::post);
  EXPECT_EQ(head->path, "/v1/a b");
  EXPECT_EQ(head->raw_query, "x=1%2B1&y=a+b&z&&=e");
  const std::vector<std::pair<std::string, std::string>> query{
      {"x", "1+1"}, {"y", "a b"}, {"z", ""}, {"", "e"}};
  EXPECT_EQ(head->query, query);
  EXPECT_EQ(head->headers.get("x-thing"), "some value");
  EXPECT_EQ(head->content_length, 12U);
  EXPECT_TRUE(head->expects_continue);
  EXPECT_FALSE(head->keep_alive);
  EXPECT_FALSE(head->chunked);
}

TEST(Head, KeepsHttp10Apart) {
  const auto head = validate_head(
      "POST / HTTP/1.0\r\nHost: h\r\nContent-Length: 1\r\nExpect: 100-continue\r\nConnection: "
      "keep-alive\r\n\r\n",
      {});
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->http_1_0);
  EXPECT_FALSE(head->keep_alive);
  EXPECT_FALSE(head->expects_continue);
}

RC_GTEST_PROP(Percent, EncodingComesBack, (const std::string& text)) {
  const bool sound = text.find('\0') == std::string::npos &&
                     percent_decode(percent_encode(text), false).has_value();
  if (!sound) return;  // not UTF-8
  RC_ASSERT(percent_decode(percent_encode(text), false) == text);
  RC_ASSERT(percent_decode(percent_encode(text), true) == text);
}

TEST(Percent, DecodesStrictly) {
  EXPECT_EQ(percent_decode("a%20b+c", false), "a b+c");
  EXPECT_EQ(percent_decode("a%20b+c", true), "a b c");
  EXPECT_EQ(percent_decode("%c3%A9", false), "\xc3\xa9");
  for (const char* broken : {"%", "%4", "%4x", "%x4", "a%", "%00", "%ff", "%c0%80"}) {
    EXPECT_EQ(percent_decode(broken, false), std::nullopt) << broken;
  }
  EXPECT_EQ(percent_encode("a/b c\xc3\xa9~"), "a%2Fb%20c%C3%A9~");
}

RC_GTEST_PROP(Head, RandomBytesAreRefusedOrMeanOneThing,
              (const std::vector<std::uint8_t>& noise, std::uint8_t place)) {
  std::string raw = post("Content-Length: 5\r\nX-A: b\r\n");
  raw.insert(place % raw.size(), std::string(noise.begin(), noise.end()));
  const auto head = validate_head(raw, {});
  if (!head) return;
  RC_ASSERT(head->path.starts_with('/'));
  RC_ASSERT(!(head->chunked && head->content_length));
  RC_ASSERT(head->headers.get("host").has_value());
}

}  // namespace
}  // namespace ambula::http::head_test
