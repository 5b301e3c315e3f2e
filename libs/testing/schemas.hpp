#pragma once

#include <string>
#include <string_view>

namespace ambula::testing {

/// The example body of an event type, as schemas/examples/events holds it (one line, without its
/// newline). `schemas_dir` is AMBULA_SCHEMAS_DIR, which CMake gives every test.
std::string event_example(std::string_view schemas_dir, std::string_view type);

}  // namespace ambula::testing
