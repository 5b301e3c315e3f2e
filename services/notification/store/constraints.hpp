#pragma once

#include <span>

#include <ambula/db/session.hpp>

namespace ambula::notification::store {

/// What a violated constraint means to a client.
std::span<const db::ConstraintError> constraints();

}  // namespace ambula::notification::store
