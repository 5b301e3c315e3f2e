#include "client.hpp"

#include <future>

#include <ambula/testing/eventually.hpp>
#include <gtest/gtest.h>

#include "test_socket.hpp"

// The pooled client against upstreams that tests play by hand, byte for byte.
namespace ambula::http::client_test {

using namespace std::chrono_literals;
using test::TestListener;
using test::TestSocket;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
constexpr std::string_view stream_head =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

class ClientTest : public ::testing::Test {
 protected:
  using Answer = std::future<Result<Response>>;

  void SetUp() override { loop.start(); }
  void TearDown() override {
    client.reset();
    loop.stop();
  }

  void start(ClientOptions options = {}) {
    options.host = "127.0.0.1";
    options.port = std::to_string(listener.port());
    client = std::make_unique<Client>(loop, options);
  }

  Answer send(Method method, std::string target, std::string body = {},
              std::chrono::milliseconds limit = 10s) const {
    auto promise = std::make_shared<std::promise<Result<Response>>>();
    client->send(
        {method, std::move(target), {}, std::move(body), std::chrono::steady_clock::now() + limit},
        [promise](Result<Response> answer) { promise->set_value(std::move(answer)); });
    return promise->get_future();
  }
  Answer get(std::chrono::milliseconds limit = 10s) const {
    return send(Method::get, "/a?b=c", {}, limit);
  }

  static std::string code_of(Answer& answer) {
    const auto result = answer.get();
    return result ? "answered " + std::to_string(result->status) : result.error().code;
  }
  static std::string body_of(Answer& answer) {
    const auto result = answer.get();
    return result ? result->body : result.error().code;
  }

  /// What the channel gives until it has `bytes` bytes or ends.
  static std::string take(Channel& channel, std::size_t bytes) {
    std::string text;
    EXPECT_TRUE(testing::eventually([&] {
      const auto taken = channel.take();
      text += taken.bytes;
      return text.size() >= bytes || taken.finished || taken.aborted;
    }));
    return text;
  }
  static bool is_finished(Channel& channel) {
    return testing::eventually([&] { return channel.take().finished; });
  }
  static bool is_aborted(Channel& channel) {
    return testing::eventually([&] { return channel.take().aborted; });
  }

  /// A new connection whose request has been read.
  TestSocket asked() const {
    auto upstream = listener.accept();
    upstream.read_until("\r\n\r\n");
    return upstream;
  }

  /// A stream that has begun, from both of its sides.
  struct Streaming {
    TestSocket upstream;
    std::shared_ptr<Channel> channel;
  };
  Streaming begin_stream() const {
    auto answer = get();
    auto upstream = asked();
    upstream.send(stream_head);
    const auto response = answer.get();
    if (!response || !response->stream) throw std::runtime_error("no stream began");
    return {std::move(upstream), response->stream};
  }

  TestListener listener;
  Loop loop;
  std::unique_ptr<Client> client;
};

TEST_F(ClientTest, SendsExactlyTheRequestAndKeepsTheConnection) {
  start();
  auto first = get();
  auto upstream = listener.accept();
  const auto host = "127.0.0.1:" + std::to_string(listener.port());
  EXPECT_EQ(upstream.read_until("\r\n\r\n"), "GET /a?b=c HTTP/1.1\r\nhost: " + host + "\r\n\r\n");
  upstream.send(ok);
  EXPECT_EQ(body_of(first), "ok");
  auto second = send(Method::post, "/p", "body");
  EXPECT_EQ(upstream.read_until("body"),
            "POST /p HTTP/1.1\r\nhost: " + host + "\r\ncontent-length: 4\r\n\r\nbody");
  upstream.send("HTTP/1.1 201 Created\r\nlocation: /p/1\r\ncontent-length: 0\r\n\r\n");
  const auto created = second.get();
  ASSERT_TRUE(created);
  EXPECT_EQ(created->status, 201);
  EXPECT_EQ(created->headers.get("location"), "/p/1");
}

TEST_F(ClientTest, ReadsAnswersInAnyPiecesAndWithInterimOnes) {
  start();
  auto answer = get();
  auto upstream = asked();
  for (const char c : "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + std::string(ok))
    upstream.send({&c, 1});
  EXPECT_EQ(body_of(answer), "ok");
}

TEST_F(ClientTest, AnAnswerWithoutLengthEndsWithItsConnection) {
  start();
  auto answer = get();
  auto upstream = asked();
  upstream.send("HTTP/1.1 200 OK\r\n\r\nall of it");
  upstream.close();
  EXPECT_EQ(body_of(answer), "all of it");
}

TEST_F(ClientTest, NamesWhatWentWrong) {
  start({.response_bytes_max = 1000});
  auto late = get(200ms);
  auto silent = listener.accept();
  EXPECT_EQ(code_of(late), "upstream-timeout");
  auto cut = get();
  {
    auto upstream = asked();
    upstream.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhal");
  }
  EXPECT_EQ(code_of(cut), "upstream-broken");
  auto large = get();
  auto generous = asked();
  generous.send("HTTP/1.1 200 OK\r\ncontent-length: 1002\r\n\r\n" + std::string(1001, 'x'));
  EXPECT_EQ(code_of(large), "upstream-broken");
  auto nonsense = get();
  auto confused = asked();
  confused.send("220 smtp.example ESMTP\r\n");
  EXPECT_EQ(code_of(nonsense), "upstream-broken");
  listener.close();
  auto nobody = get();
  EXPECT_EQ(code_of(nobody), "upstream-unreachable");
  auto passed = get(0ms);
  EXPECT_EQ(code_of(passed), "upstream-timeout");
}

TEST_F(ClientTest, RefusesARequestThatCouldBecomeTwo) {
  start();
  for (const char* target : {"/a\r\nx: y", "a", "/a b", ""}) {
    auto answer = send(Method::get, target);
    EXPECT_EQ(code_of(answer), "request-not-sendable") << target;
  }
  Headers headers;
  headers.add("x-name", "a\r\nhost: other");
  std::promise<std::string> code;
  client->send({Method::get, "/", headers, {}, std::chrono::steady_clock::now() + 5s},
               [&](const Result<Response>& answer) { code.set_value(answer.error().code); });
  EXPECT_EQ(code.get_future().get(), "request-not-sendable");
}

TEST_F(ClientTest, RepeatsOnceWhatDoesNoHarmTwice) {
  start();
  for (const auto method : {Method::get, Method::post}) {
    auto first = get();
    auto kept = asked();
    kept.send(ok);
    EXPECT_EQ(body_of(first), "ok");
    auto second = send(method, "/again", method == Method::post ? "body" : "");
    kept.read_until(method == Method::post ? "body" : "\r\n\r\n");
    kept.close();  // with the request read, and nothing said
    if (method == Method::post) {
      EXPECT_EQ(code_of(second), "upstream-broken") << "it may have had its effect";
      continue;
    }
    auto fresh = listener.accept();
    EXPECT_TRUE(fresh.read_until("\r\n\r\n").starts_with("GET /again "));
    fresh.send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nagain");
    EXPECT_EQ(body_of(second), "again");
  }
}

TEST_F(ClientTest, DoesNotRepeatOnAFreshConnection) {
  start();
  auto answer = get();
  { auto upstream = asked(); }
  EXPECT_EQ(code_of(answer), "upstream-broken");
}

TEST_F(ClientTest, WaitsForAFreeConnectionUntilItsDeadline) {
  start({.connections_max = 1});
  auto first = get();
  auto upstream = asked();
  auto second = send(Method::get, "/second");
  auto impatient = get(150ms);
  EXPECT_EQ(code_of(impatient), "upstream-busy") << "it was never sent";
  upstream.send(ok);
  EXPECT_EQ(body_of(first), "ok");
  EXPECT_TRUE(upstream.read_until("\r\n\r\n").starts_with("GET /second "));
  upstream.send(ok);
  EXPECT_EQ(body_of(second), "ok");
}

TEST_F(ClientTest, PassesAStreamOnAsItComes) {
  start();
  auto [upstream, channel] = begin_stream();
  for (const std::string piece : {"first", "then"}) {
    upstream.send(std::to_string(piece.size()) + "\r\n" + piece + "\r\n");
    EXPECT_EQ(take(*channel, piece.size()), piece);
  }
  upstream.send("0\r\n\r\n");
  EXPECT_TRUE(is_finished(*channel));
  auto next = send(Method::get, "/next");
  EXPECT_TRUE(upstream.read_until("\r\n\r\n").starts_with("GET /next ")) << "the same connection";
  upstream.send(ok);
  EXPECT_EQ(body_of(next), "ok");
}

TEST_F(ClientTest, AStreamThatIsCutIsNotTakenForComplete) {
  start({.stream_idle_timeout = 300ms});
  auto cut = begin_stream();
  cut.upstream.send("5\r\nfirst\r\n");
  cut.upstream.close();
  EXPECT_TRUE(is_aborted(*cut.channel));
  const auto silent = begin_stream();
  EXPECT_TRUE(is_aborted(*silent.channel)) << "no heartbeat came";
}

TEST_F(ClientTest, TheUpstreamWaitsForASlowReader) {
  start({.stream_buffer_bytes = 128 * 1024});
  const auto streaming = begin_stream();
  constexpr std::size_t pieces = 64;
  const std::string piece = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  const std::jthread writer([&] {
    for (std::size_t i = 0; i < pieces; ++i)
      streaming.upstream.send(piece);
  });
  EXPECT_EQ(take(*streaming.channel, pieces * 0x10000).size(), pieces * 0x10000);
}

TEST_F(ClientTest, ReadersThatLeaveEndTheUpstreamsStream) {
  start();
  auto [upstream, channel] = begin_stream();
  channel->close_reader();
  EXPECT_TRUE(upstream.ends());
}

TEST_F(ClientTest, StreamsDoNotTakeThePlacesOfRequests) {
  start({.connections_max = 1});
  std::vector<Streaming> streams;
  for (int i = 0; i < 3; ++i)
    streams.push_back(begin_stream());
  auto request = get();
  auto upstream = asked();
  auto waiting = send(Method::get, "/waiting");
  // A stream that ends gives its connection to nobody while the place is taken.
  streams[0].upstream.send("0\r\n\r\n");
  EXPECT_TRUE(is_finished(*streams[0].channel));
  EXPECT_TRUE(streams[0].upstream.ends());
  upstream.send(ok);
  EXPECT_EQ(body_of(request), "ok");
  EXPECT_TRUE(upstream.read_until("\r\n\r\n").starts_with("GET /waiting "));
  upstream.send(ok);
  EXPECT_EQ(body_of(waiting), "ok");
}

}  // namespace ambula::http::client_test
