#include "chunked.hpp"

#include <algorithm>

namespace ambula::http {
namespace {

/// Extensions and trailers of a whole body together. Nobody needs any.
constexpr std::size_t overhead_bytes_max = 4096;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte < 0x7F);
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

ChunkedDecoder::State ChunkedDecoder::feed(std::string_view& input, std::string& body) {
  while (!input.empty() && !done_) {
    if (at_ == At::data) {
      const std::size_t size = std::min<std::uint64_t>(chunk_left_, input.size());
      body.append(input.substr(0, size));
      input.remove_prefix(size);
      chunk_left_ -= size;
      if (chunk_left_ == 0) at_ = At::data_cr;
      continue;
    }
    if (!step(input.front())) return State::malformed;
    input.remove_prefix(1);
    if (at_ == At::data && chunk_left_ > body_bytes_max_ - body.size()) return State::too_large;
  }
  return done_ ? State::done : State::more;
}

bool ChunkedDecoder::step(char c) {
  switch (at_) {
    case At::size: {
      const int digit = hex_digit(c);
      if (digit >= 0) {
        chunk_left_ = chunk_left_ * 16 + static_cast<std::uint64_t>(digit);
        return ++size_digits_ <= 8;
      }
      if (size_digits_ == 0 || (c != ';' && c != '\r')) return false;
      at_ = c == ';' ? At::extension : At::size_lf;
      return true;
    }
    case At::extension:
      if (c == '\r') at_ = At::size_lf;
      return c == '\r' || (is_text(c) && ++overhead_bytes_ <= overhead_bytes_max);
    case At::size_lf:
      return c == '\n' && end_of_size();
    case At::data:
      return false;  // not reached: feed() takes data in one piece
    case At::data_cr:
      at_ = At::data_lf;
      return c == '\r';
    case At::data_lf:
      at_ = At::size;
      return c == '\n';
    case At::trailer_start:
      at_ = c == '\r' ? At::end_lf : At::trailer_name;
      return c == '\r' || (is_name(c) && ++overhead_bytes_ <= overhead_bytes_max);
    case At::trailer_name:
      if (c == ':') at_ = At::trailer;
      return (c == ':' || is_name(c)) && ++overhead_bytes_ <= overhead_bytes_max;
    case At::trailer:
      if (c == '\r') at_ = At::trailer_lf;
      return c == '\r' || (is_text(c) && ++overhead_bytes_ <= overhead_bytes_max);
    case At::trailer_lf:
      at_ = At::trailer_start;
      return c == '\n';
    case At::end_lf:
      done_ = c == '\n';
      return done_;
  }
  return false;
}

bool ChunkedDecoder::end_of_size() {
  at_ = chunk_left_ == 0 ? At::trailer_start : At::data;
  size_digits_ = 0;
  return true;
}

}  // namespace ambula::http
