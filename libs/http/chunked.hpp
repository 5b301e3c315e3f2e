#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ambula::http {

/// Decodes a chunked request body (RFC 9112 §7.1) strictly: CR LF only, sizes of one to eight
/// hexadecimal digits, extensions bounded and ignored, trailers bounded and dropped. Our own
/// because Boost.Beast 1.81 lets bare line feeds into extensions and has no limit on extensions and
/// trailers.
class ChunkedDecoder {
 public:
  explicit ChunkedDecoder(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  enum class State { more, done, malformed, too_large };

  /// Takes bytes off the front of `input` and appends the body's to `body`. After `done` what is
  /// left in `input` belongs to the next request.
  State feed(std::string_view& input, std::string& body);

 private:
  enum class At {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_name,
    trailer,
    trailer_lf,
    end_lf
  };

  bool step(char c);
  bool end_of_size();

  std::size_t body_bytes_max_;
  At at_{At::size};
  std::uint64_t chunk_left_{0};
  unsigned size_digits_{0};
  std::size_t overhead_bytes_{0};  ///< extensions and trailers so far
  bool done_{false};
};

}  // namespace ambula::http
