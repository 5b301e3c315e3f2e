#pragma once

#include <algorithm>
#include <cstddef>

namespace ambula::http {

/// Memory that all connections of a Server take from. On the I/O thread only.
struct Budget {
  const std::size_t bytes_max;
  std::size_t bytes{0};
};

/// What one of them holds of it; gives it back when it goes.
class Share {
 public:
  explicit Share(Budget& of) : of_(of) {}
  ~Share() { set(0); }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  /// False when there is not that much: then what was held stays held.
  bool set(std::size_t bytes) {
    if (bytes == bytes_) return true;
    const std::size_t others = of_.bytes - bytes_;
    if (bytes > bytes_ && bytes > of_.bytes_max - std::min(others, of_.bytes_max)) return false;
    of_.bytes = others + bytes;
    bytes_ = bytes;
    return true;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  Budget& of_;
  std::size_t bytes_{0};
};

}  // namespace ambula::http
