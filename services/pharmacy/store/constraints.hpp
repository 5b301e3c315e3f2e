#pragma once

#include <span>

#include <ambula/db/session.hpp>

namespace ambula::pharmacy::store {

/// What a violated constraint of this schema means to a client.
std::span<const db::ConstraintError> constraints();

}  // namespace ambula::pharmacy::store
