#pragma once

#include <ambula/service/definition.hpp>

namespace ambula::consultation {

/// The table of contents of the consultation service.
service::Definition definition();

}  // namespace ambula::consultation
