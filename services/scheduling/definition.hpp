#pragma once

#include <ambula/service/definition.hpp>

namespace ambula::scheduling {

/// The table of contents of the scheduling service.
service::Definition definition();

}  // namespace ambula::scheduling
