#pragma once

#include <string>
#include <string_view>

namespace ambula::testing {

/// The checkout's schemas/.
std::string schemas_dir();

/// The example body of an event type, as schemas/examples/events holds it (one line, without its
/// newline).
std::string event_example(std::string_view type);

}  // namespace ambula::testing
