#pragma once

namespace ambula {

/// Prints where and what, then aborts: an impossible state stops the process instead of spreading.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace ambula

/// An invariant of our own code. For expected failures return an Error instead.
#define AMBULA_CHECK(expression) \
  ((expression) ? static_cast<void>(0) : ::ambula::check_failed(#expression, __FILE__, __LINE__))
