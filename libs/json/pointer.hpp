#pragma once

#include <string>
#include <string_view>

namespace ambula::json {

/// Whether a member's name that a client sent may be repeated in an error: it looks like a field's
/// name of ours. Any other may be a person's name or worse, put on the wrong side of a colon.
bool is_plain_name(std::string_view name);

/// One step of a JSON pointer (RFC 6901), with its slash.
std::string pointer_step(std::string_view name);

}  // namespace ambula::json
