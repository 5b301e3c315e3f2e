#pragma once

#include <vector>

#include <ambula/service/definition.hpp>

namespace ambula::gateway {

/// create-admin LOGIN · jwks --signing-key FILE [--old-signing-key FILE] · routes · permissions
std::vector<service::Definition::Command> commands();

}  // namespace ambula::gateway
