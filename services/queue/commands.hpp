#pragma once

#include <vector>

#include <ambula/service/definition.hpp>

namespace ambula::queue {

/// Operators' verbs on triage rules.
std::vector<service::Definition::Command> commands();

}  // namespace ambula::queue
