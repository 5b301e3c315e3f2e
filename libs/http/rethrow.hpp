#pragma once

#include <exception>

namespace ambula::http {

/// What a coroutine's spawner passes for its end: an exception that leaves a coroutine is a broken
/// invariant, and must not vanish.
struct Rethrow {
  void operator()(const std::exception_ptr& thrown) const {
    if (thrown) std::rethrow_exception(thrown);
  }
};

}  // namespace ambula::http
