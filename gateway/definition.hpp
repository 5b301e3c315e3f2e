#pragma once

#include <ambula/service/definition.hpp>

namespace ambula::gateway {

/// The one process that people and integrators reach: the edge in front, and identity and audit
/// behind it as a service of its own.
service::Definition definition();

}  // namespace ambula::gateway
