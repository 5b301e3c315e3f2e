#include "chunked.hpp"

#include <gtest/gtest.h>

namespace ambula::http::chunked_test {
namespace {

using State = ChunkedDecoder::State;

struct Decoded {
  State state;
  std::string body;
  std::string rest;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view raw, std::size_t piece, std::size_t limit = 1000) {
  ChunkedDecoder decoder(limit);
  Decoded out{State::more, {}, {}};
  while (out.state == State::more && !raw.empty()) {
    std::string_view input = raw.substr(0, piece);
    const std::size_t before = input.size();
    out.state = decoder.feed(input, out.body);
    raw.remove_prefix(before - input.size());
  }
  out.rest = raw;
  return out;
}

TEST(Chunked, DecodesWhateverThePieces) {
  const std::string raw =
      "5\r\nhello\r\nA;ext=\"1\"\r\n, world!!!\r\n0\r\nX-Trailer: dropped\r\n\r\nGET";
  for (std::size_t piece = 1; piece <= raw.size(); ++piece) {
    const Decoded expected{State::done, "hello, world!!!", "GET"};
    EXPECT_TRUE(decode(raw, piece) == expected) << piece;
  }
}

TEST(Chunked, RefusesWhatIsNotExact) {
  using std::string_literals::operator""s;
  for (const std::string& raw : {"\r\n"s,
                                 "g\r\n"s,
                                 "-1\r\n"s,
                                 "+1\r\na"s,
                                 "0x1\r\na"s,
                                 " 1\r\na"s,
                                 "1 \r\na"s,
                                 "1\na"s,
                                 "1\r\na\n"s,
                                 "1\r\nab\r\n"s,
                                 "1\rX"s,
                                 "1;a\nb\r\n"s,
                                 "1;\0\r\n"s,
                                 "1;\x80\r\n"s,
                                 "123456789\r\n"s,
                                 "1\r\na\r\n\r\n"s,
                                 "0\r\n\n"s,
                                 "0\r\n X: a\r\n\r\n"s,
                                 "0\r\nX: a\n\r\n"s,
                                 "0\r\nno colon\r\n\r\n"s,
                                 "0\r\nX: \x01\r\n\r\n"s,
                                 "0\r\n: a\r\n\r\n"s,
                                 "1;a\rb\r\n"s,
                                 "0\r\nX_A: 1\r\n\r\n"s}) {
    EXPECT_EQ(decode(raw, raw.size()).state, State::malformed) << testing::PrintToString(raw);
    EXPECT_EQ(decode(raw, 1).state, State::malformed) << testing::PrintToString(raw);
  }
}

TEST(Chunked, BoundsBodyExtensionsAndTrailers) {
  EXPECT_EQ(decode("3e8\r\n" + std::string(1000, 'a') + "\r\n0\r\n\r\n", 7).state, State::done);
  EXPECT_EQ(decode("3e9\r\n", 100).state, State::too_large);
  EXPECT_EQ(decode("3e8\r\n" + std::string(1000, 'a') + "\r\n1\r\n", 7).state, State::too_large);
  EXPECT_EQ(decode("ffffffff\r\n", 100).state, State::too_large);
  EXPECT_EQ(decode("1;" + std::string(5000, 'e') + "\r\n", 100).state, State::malformed);
  std::string many;
  for (int i = 0; i < 500; ++i)
    many += "1;123456789\r\na\r\n";
  EXPECT_EQ(decode(many, 100).state, State::malformed);
  EXPECT_EQ(decode("0\r\nX: " + std::string(5000, 't') + "\r\n\r\n", 100).state, State::malformed);
}

}  // namespace
}  // namespace ambula::http::chunked_test
