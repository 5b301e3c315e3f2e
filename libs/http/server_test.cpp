#include "server.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <ambula/testing/eventually.hpp>
#include <gtest/gtest.h>

#include "test_socket.hpp"

// The server over real sockets: order, limits, time-outs, overload, streams and drain. What a head
// may look like is head_test's.
namespace ambula::http::server_test {

using namespace std::chrono_literals;
using test::TestSocket;

/// More than the buffers of both sockets take.
constexpr std::size_t large = std::size_t{16} * 1024 * 1024;
constexpr std::string_view get_large = "GET /large HTTP/1.1\r\nhost: x\r\n\r\n";
constexpr std::string_view get = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// `/hold` answers when the test says so; the others answer at once.
class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override { loop.start(); }
  void TearDown() override {
    answer_held();
    server.reset();
    loop.stop();
  }

  TestSocket connect(int receive_buffer_bytes = 0) const {
    return TestSocket::connect(server->port(), receive_buffer_bytes);
  }

  void start(ServerOptions options = {}) {
    server = std::make_unique<Server>(loop, std::move(options),
                                      [this](const auto& request, const Respond& respond) {
                                        if (request->path == "/throw")
                                          throw std::runtime_error("a canary of a patient's name");
                                        if (request->path == "/hold") return hold(respond);
                                        Response response;
                                        response.body = request->path + "|" + request->body;
                                        if (request->path == "/empty") response.status = 204;
                                        if (request->path == "/large")
                                          response.body.assign(large, 'x');
                                        if (request->path == "/stream") response.stream = stream;
                                        if (request->path == "/split")
                                          response.headers.add("x-name", "a\r\nset-cookie: b");
                                        respond(std::move(response));
                                      });
    ASSERT_TRUE(server->start());
  }

  void hold(const Respond& respond) {
    const std::lock_guard lock(mutex);
    held.push_back(respond);
  }
  std::size_t held_count() {
    const std::lock_guard lock(mutex);
    return held.size();
  }
  void answer_held() {
    std::vector<Respond> all;
    {
      const std::lock_guard lock(mutex);
      all.swap(held);
    }
    for (const auto& respond : all) {
      Response response;
      response.body = "held";
      respond(std::move(response));
    }
  }
  /// A request that waits for answer_held.
  void begin_hold(const TestSocket& client) {
    const auto before = held_count();
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n");
    ASSERT_TRUE(testing::eventually([&] { return held_count() > before; }));
  }

  Loop loop;
  std::shared_ptr<Channel> stream = std::make_shared<Channel>(1024 * 1024);
  std::mutex mutex;
  std::vector<Respond> held;
  std::unique_ptr<Server> server;
};

TEST_F(ServerTest, KeepsAConnectionForSeveralRequests) {
  start();
  auto client = connect();
  for (int i = 0; i < 3; ++i) {
    client.send("POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi");
    const auto answer = client.read_answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\ndate: ")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n/a|hi")) << answer;
    EXPECT_FALSE(has(answer, "connection: close"));
  }
  EXPECT_EQ(server->connections(), 1);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  start();
  auto client = connect();
  client.send(
      "GET /hold HTTP/1.1\r\nhost: x\r\n\r\n"
      "POST /b HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n2"
      "GET /c HTTP/1.1\r\nhost: x\r\n\r\n");
  ASSERT_TRUE(testing::eventually([&] { return held_count() == 1; }));
  EXPECT_EQ(server->in_flight(), 1) << "one request of a connection at a time";
  answer_held();
  EXPECT_TRUE(client.read_answer().ends_with("held"));
  EXPECT_TRUE(client.read_answer().ends_with("/b|2"));
  EXPECT_TRUE(client.read_answer().ends_with("/c|"));
}

TEST_F(ServerTest, ClosesWhenAskedAndForHttp10) {
  start();
  for (const std::string_view request : {"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
                                         "GET / HTTP/1.0\r\nhost: x\r\n\r\n"}) {
    auto client = connect();
    client.send(request);
    const auto all = client.read_to_end();
    EXPECT_TRUE(has(all, "connection: close\r\n")) << all;
    EXPECT_TRUE(all.ends_with("/|")) << all;
  }
}

TEST_F(ServerTest, HeadAndBodilessAnswersHaveNoBody) {
  start();
  auto client = connect();
  client.send("HEAD /a HTTP/1.1\r\nhost: x\r\n\r\n");
  const auto head = client.read_until("\r\n\r\n");
  EXPECT_TRUE(has(head, "content-length: 3\r\n")) << head;
  client.send("GET /empty HTTP/1.1\r\nhost: x\r\n\r\n");
  const auto empty = client.read_answer();
  EXPECT_TRUE(empty.starts_with("HTTP/1.1 204 No Content\r\n")) << empty;
  EXPECT_FALSE(has(empty, "content-length"));
  client.send(get);
  EXPECT_TRUE(client.read_answer().ends_with("/|")) << "nothing was left in between";
}

TEST_F(ServerTest, ReadsChunkedBodies) {
  start();
  auto client = connect();
  client.send("POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n");
  client.send("2\r\nde\r\n0\r\n\r\n");
  EXPECT_TRUE(client.read_answer().ends_with("/a|abcde"));
  client.send("POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZ\r\n");
  EXPECT_TRUE(has(client.read_to_end(), "\"chunked-body\""));
}

TEST_F(ServerTest, AsksForABodyThatIsExpected) {
  start();
  auto client = connect();
  client.send("POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_TRUE(client.read_answer().ends_with("/a|ok"));
}

struct Refusal {
  std::string_view request;
  std::string_view status;
  std::string_view code;
};

TEST_F(ServerTest, RefusesWhatIsTooLargeAndCloses) {
  start({.head_bytes_max = 512, .header_count_max = 4, .body_bytes_max = 8});
  const std::string long_target = "GET /" + std::string(600, 'a') + " HTTP/1.1\r\nhost: x\r\n\r\n";
  const std::string large_head =
      "GET / HTTP/1.1\r\nhost: x\r\na: " + std::string(600, 'a') + "\r\n\r\n";
  const std::vector<Refusal> refusals{
      {long_target, "414 ", "target-too-long"},
      {large_head, "431 ", "head-too-large"},
      {"GET / HTTP/1.1\r\nhost: x\r\na: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n\r\n", "431 ",
       "too-many-fields"},
      {"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n123456789", "413 ",
       "body-too-large"},
      {"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: "
       "chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n",
       "413 ", "body-too-large"},
      {"GET / HTTP/1.1\nhost: x\r\n\r\n", "400 ", "bare-lf"},
      {"GET / HTTP/2.0\r\nhost: x\r\n\r\n", "505 ", "version-not-supported"},
  };
  for (const auto& [request, status, code] : refusals) {
    auto client = connect();
    client.send(request);
    const auto answer = client.read_to_end();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::string(status))) << answer;
    EXPECT_TRUE(has(answer, "content-type: application/problem+json\r\n")) << answer;
    EXPECT_TRUE(has(answer, "connection: close\r\n")) << answer;
    EXPECT_TRUE(has(answer, code)) << answer;
  }
}

TEST_F(ServerTest, GivesUpOnWhoSendsTooSlowly) {
  start({.head_timeout = 200ms, .body_timeout = 200ms, .idle_timeout = 200ms});
  auto slow_head = connect();
  slow_head.send("GET / HTTP/1.1\r\nhost:");
  auto slow_body = connect();
  slow_body.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n12");
  auto idle = connect();
  EXPECT_TRUE(has(slow_head.read_to_end(), "head-timeout"));
  EXPECT_TRUE(has(slow_body.read_to_end(), "body-timeout"));
  EXPECT_TRUE(idle.ends()) << "without a word";
}

TEST_F(ServerTest, AHeadMustBeCompleteInItsTimeHoweverManyBytesCome) {
  start({.head_timeout = 300ms});
  auto client = connect();
  std::jthread drip([&](const std::stop_token& stop) {
    client.send("GET / HTTP/1.1\r\n");
    while (!stop.stop_requested()) {
      client.send("a: b\r\n");
      std::this_thread::sleep_for(20ms);  // paced: slower than the limit, faster than any idle time
    }
  });
  EXPECT_TRUE(client.read_until("\r\n").starts_with("HTTP/1.1 408 "));
}

TEST_F(ServerTest, RefusesWorkBeyondTheLimitAtOnce) {
  start({.in_flight_max = 1});
  auto first = connect();
  begin_hold(first);
  auto second = connect();
  second.send(get);
  const auto answer = second.read_answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_TRUE(has(answer, "\"busy\"")) << answer;
  EXPECT_TRUE(has(answer, "retry-after: ")) << answer;
  EXPECT_FALSE(has(answer, "connection: close")) << "it may ask again on the same connection";
  answer_held();
  EXPECT_TRUE(first.read_answer().ends_with("held"));
  second.send(get);
  EXPECT_TRUE(second.read_answer().ends_with("/|"));
}

TEST_F(ServerTest, ASlowReaderKeepsNoPlaceOfThoseInWork) {
  start({.in_flight_max = 1});
  auto slow = connect(4096);
  slow.send(get_large);
  ASSERT_TRUE(slow.read_until("\r\n").starts_with("HTTP/1.1 200 "));
  auto other = connect();
  other.send(get);
  EXPECT_TRUE(other.read_answer().ends_with("/|"));
}

TEST_F(ServerTest, CutsTheSlowestReaderWhenTooMuchWaits) {
  start({.unsent_bytes_max = large + large / 4});
  auto first = connect(4096);
  first.send(get_large);
  ASSERT_TRUE(first.read_until("\r\n").starts_with("HTTP/1.1 200 "));
  auto second = connect(4096);
  second.send(get_large);
  EXPECT_LT(first.read_to_end().size(), large);
  EXPECT_EQ(second.read_answer().size() / large, 1U);
}

TEST_F(ServerTest, AllBodiesTogetherHaveALimit) {
  start({.bodies_bytes_max = 100'000});
  const auto post = [](const std::string& path, std::size_t size) {
    return "POST " + path + " HTTP/1.1\r\nhost: x\r\ncontent-length: " + std::to_string(size) +
           "\r\n\r\n" + std::string(size, 'x');
  };
  auto first = connect();
  first.send(post("/hold", 80'000));
  ASSERT_TRUE(testing::eventually([&] { return held_count() == 1; }));
  auto second = connect();
  second.send(post("/", 50'000));
  const auto refused = second.read_to_end();
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(has(refused, "\"busy\""));
  EXPECT_TRUE(has(refused, "retry-after: "));
  answer_held();
  EXPECT_TRUE(first.read_answer().ends_with("held"));
  first.send(post("/", 50'000));
  EXPECT_TRUE(first.read_answer().ends_with("xx"));
}

TEST_F(ServerTest, WhoIsIdleMakesRoomForWhoComes) {
  start({.connections_max = 2});
  auto first = connect();
  ASSERT_TRUE(testing::eventually([&] { return server->connections() == 1; }));
  auto second = connect();
  ASSERT_TRUE(testing::eventually([&] { return server->connections() == 2; }));
  auto third = connect();
  third.send(get);
  EXPECT_TRUE(third.read_answer().ends_with("/|"));
  EXPECT_EQ(first.read_to_end(), "");
  second.send(get);
  EXPECT_TRUE(second.read_answer().ends_with("/|"));
}

TEST_F(ServerTest, TellsConnectionsBeyondTheLimit) {
  start({.connections_max = 2});
  auto first = connect();
  begin_hold(first);
  auto second = connect();
  begin_hold(second);
  auto third = connect();
  EXPECT_TRUE(has(third.read_to_end(), "too-many-connections"));
  answer_held();
  EXPECT_TRUE(first.read_answer().ends_with("held"));
  auto fourth = connect();
  fourth.send(get);
  EXPECT_TRUE(fourth.read_answer().ends_with("/|"));
}

TEST_F(ServerTest, AnswersForAHandlerThatIsLateOrThrows) {
  start({.total_timeout = 200ms});
  auto client = connect();
  begin_hold(client);
  EXPECT_TRUE(has(client.read_answer(), "\"deadline-passed\""));
  // The late answer belongs to no request any more: the next one gets its own.
  client.send("GET /throw HTTP/1.1\r\nhost: x\r\n\r\n");
  answer_held();
  const auto thrown = client.read_answer();
  EXPECT_TRUE(thrown.starts_with("HTTP/1.1 500 ")) << thrown;
  EXPECT_FALSE(has(thrown, "canary"));
}

TEST_F(ServerTest, TheGatewaysDeadlineShortensItsOwn) {
  start();
  auto client = connect();
  client.send("GET /a HTTP/1.1\r\nhost: x\r\nambula-deadline-ms: 0\r\n\r\n");
  EXPECT_TRUE(has(client.read_answer(), "\"deadline-passed\"")) << "nobody waits for it";
  client.send("GET /a HTTP/1.1\r\nhost: x\r\nambula-deadline-ms: 5000\r\n\r\n");
  EXPECT_TRUE(client.read_answer().ends_with("/a|"));
}

TEST_F(ServerTest, NoFieldOfAnAnswerCanBecomeTwo) {
  start();
  auto client = connect();
  client.send("GET /split HTTP/1.1\r\nhost: x\r\n\r\n");
  const auto answer = client.read_answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_FALSE(has(answer, "set-cookie")) << answer;
}

TEST_F(ServerTest, StreamsPieceByPieceAndGoesOn) {
  start();
  auto client = connect();
  client.send("GET /stream HTTP/1.1\r\nhost: x\r\n\r\n");
  ASSERT_TRUE(stream->push("first"));
  const auto head = client.read_until("first");
  EXPECT_TRUE(has(head, "transfer-encoding: chunked\r\n")) << head;
  EXPECT_EQ(server->in_flight(), 0) << "a stream is no work that waits";
  ASSERT_TRUE(stream->push("second"));
  EXPECT_TRUE(client.read_until("second").ends_with("6\r\nsecond"));
  stream->finish();
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "\r\n0\r\n\r\n");
  client.send(get);
  EXPECT_TRUE(client.read_answer().ends_with("/|"));
}

TEST_F(ServerTest, AStreamThatCannotBeCompletedIsSeenToBePartial) {
  start();
  auto client = connect();
  client.send("GET /stream HTTP/1.1\r\nhost: x\r\n\r\n");
  ASSERT_TRUE(stream->push("first"));
  EXPECT_TRUE(has(client.read_until("first\r\n"), "first"));
  stream->abort();
  EXPECT_TRUE(client.ends()) << "no last chunk";
}

TEST_F(ServerTest, TellsTheProducerThatTheReaderHasLeft) {
  start();
  {
    auto client = connect();
    client.send("GET /stream HTTP/1.1\r\nhost: x\r\n\r\n");
    ASSERT_TRUE(stream->push("first"));
    client.read_until("first");
  }
  EXPECT_TRUE(testing::eventually([&] { return stream->closed(); }));
  EXPECT_TRUE(testing::eventually([&] { return server->connections() == 0; }));
}

TEST_F(ServerTest, AReaderThatDoesNotReadIsCutAndCostsNoMoreThanItsChannel) {
  start({.write_timeout = 200ms});
  auto client = connect(4096);
  client.send("GET /stream HTTP/1.1\r\nhost: x\r\n\r\n");
  const std::string piece(512 * 1024, 'x');
  bool refused = false;
  EXPECT_TRUE(testing::eventually(
      [&] {
        while (stream->push(piece)) {
        }
        refused = true;
        return stream->closed();
      },
      10s));
  EXPECT_TRUE(refused);
}

TEST_F(ServerTest, DrainsWithoutLosingWhatIsInWork) {
  start();
  auto idle = connect();
  idle.send(get);
  idle.read_answer();
  auto working = connect();
  begin_hold(working);
  server->begin_drain();
  EXPECT_TRUE(idle.ends()) << "nothing is asked on it";
  std::jthread later([&] { answer_held(); });
  const auto answer = working.read_to_end();
  EXPECT_TRUE(has(answer, "connection: close\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("held")) << answer;
  EXPECT_TRUE(server->wait_drained(5s));
}

TEST_F(ServerTest, CutsWhatDoesNotEndInTimeOfADrain) {
  start();
  auto working = connect();
  begin_hold(working);
  server->begin_drain();
  EXPECT_FALSE(server->wait_drained(50ms));
  EXPECT_TRUE(working.ends());
}

TEST_F(ServerTest, SaysWhereItCannotListen) {
  start();
  Server second(loop, {.port = server->port()}, [](const auto&, const auto&) {});
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, "listen-failed");
  EXPECT_TRUE(has(started.error().detail, ":" + std::to_string(server->port())));
}

}  // namespace ambula::http::server_test
