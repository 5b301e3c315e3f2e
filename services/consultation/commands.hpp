#pragma once

#include <ambula/service/definition.hpp>

namespace ambula::consultation {

/// Subcommands for operators beside those of every service.
std::vector<service::Definition::Command> commands();

}  // namespace ambula::consultation
