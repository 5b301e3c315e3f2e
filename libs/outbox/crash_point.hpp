#pragma once

#include <string_view>

namespace ambula::outbox {

/// For the chaos tests: when the environment variable AMBULA_CRASH_POINT has this name, the process
/// kills itself here with SIGKILL, once: AMBULA_CRASH_POINT_FILE names a file that is made at the
/// hit, and while it is there the point is off. Names: relay-before-produce, relay-after-produce
/// (reports are in, rows not marked), inbox-after-commit (the database knows, Kafka does not).
void crash_point(std::string_view name);

}  // namespace ambula::outbox
