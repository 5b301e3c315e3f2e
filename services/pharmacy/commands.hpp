#pragma once

#include <vector>

#include <ambula/service/definition.hpp>

namespace ambula::pharmacy {

/// What an operator may ask the binary for, beside serving.
std::vector<service::Definition::Command> commands();

}  // namespace ambula::pharmacy
