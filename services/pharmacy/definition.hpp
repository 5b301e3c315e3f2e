#pragma once

#include <ambula/service/definition.hpp>

namespace ambula::pharmacy {

/// The table of contents of the pharmacy service.
service::Definition definition();

}  // namespace ambula::pharmacy
