#pragma once

#include <chrono>
#include <functional>

namespace ambula::testing {

/// Polls until `condition` holds or the deadline passes; the last result. A wait, never a sleep of
/// fixed length.
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds limit = std::chrono::milliseconds(5000));

}  // namespace ambula::testing
