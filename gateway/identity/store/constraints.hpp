#pragma once

#include <span>

#include <ambula/db/session.hpp>

namespace ambula::identity::store {

/// What this service's constraints mean to a client.
std::span<const db::ConstraintError> constraints();

}  // namespace ambula::identity::store
