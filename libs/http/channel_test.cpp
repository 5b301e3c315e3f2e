#include "channel.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace ambula::http::channel_test {
namespace {

TEST(Channel, GivesWhatWasPushedThenTheEnd) {
  Channel channel(100);
  EXPECT_TRUE(channel.push("ab"));
  EXPECT_TRUE(channel.push("cd"));
  channel.finish();
  EXPECT_FALSE(channel.push("e"));
  const auto taken = channel.take();
  EXPECT_EQ(taken.bytes, "abcd");
  EXPECT_TRUE(taken.finished);
  EXPECT_FALSE(taken.aborted);
}

TEST(Channel, CountsWhatIsTakenUntilTheReaderComesBack) {
  Channel channel(4);
  EXPECT_TRUE(channel.push("abcd"));
  EXPECT_FALSE(channel.push("e"));
  EXPECT_EQ(channel.take().bytes, "abcd");
  EXPECT_FALSE(channel.push("e")) << "the reader still writes the four";
  EXPECT_EQ(channel.take().bytes, "");
  EXPECT_TRUE(channel.push("efgh"));
}

TEST(Channel, TellsWhenAllIsOut) {
  Channel channel(10);
  int drained = 0;
  channel.on_drained([&] { ++drained; });
  EXPECT_EQ(drained, 1) << "nothing waits";
  EXPECT_TRUE(channel.push("a"));
  channel.on_drained([&] { ++drained; });
  EXPECT_EQ(drained, 1);
  channel.take();
  EXPECT_EQ(drained, 1);
  channel.take();
  EXPECT_EQ(drained, 2);
  channel.take();
  EXPECT_EQ(drained, 2) << "once";
}

TEST(Channel, WakesTheReaderOnce) {
  Channel channel(10);
  int woken = 0;
  channel.on_readable([&] { ++woken; });
  EXPECT_EQ(woken, 0);
  channel.push("");
  EXPECT_EQ(woken, 0);
  channel.push("a");
  channel.push("b");
  EXPECT_EQ(woken, 1);
  channel.on_readable([&] { ++woken; });
  EXPECT_EQ(woken, 2) << "something waits already";
}

TEST(Channel, AbortDropsWhatWaitsAndTellsBothSides) {
  Channel channel(10);
  int told = 0;
  channel.push("a");
  channel.on_drained([&] { ++told; });
  channel.abort();
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(channel.closed());
  EXPECT_FALSE(channel.push("b"));
  EXPECT_TRUE(channel.take().aborted);
}

TEST(Channel, ALeavingReaderReleasesTheWriter) {
  Channel channel(10);
  int told = 0;
  channel.push("a");
  channel.on_drained([&] { ++told; });
  channel.close_reader();
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(channel.closed());
  EXPECT_FALSE(channel.push("b"));
  channel.on_drained([&] { ++told; });
  EXPECT_EQ(told, 2);
}

TEST(Channel, CarriesEverythingBetweenThreads) {
  Channel channel(64);
  std::string sent;
  std::thread writer([&] {
    for (int i = 0; i < 20000; ++i) {
      const std::string piece = std::to_string(i) + ";";
      while (!channel.push(piece))
        std::this_thread::yield();
      sent += piece;
    }
    channel.finish();
  });
  std::string received;
  bool finished = false;
  while (!finished) {
    const auto taken = channel.take();
    received += taken.bytes;
    finished = taken.finished;
    if (taken.bytes.empty()) std::this_thread::yield();
  }
  writer.join();
  EXPECT_TRUE(received == sent);
}

}  // namespace
}  // namespace ambula::http::channel_test
