#pragma once

#include <ambula/service/definition.hpp>

namespace ambula::queue {

/// The table of contents of the queue service.
service::Definition definition();

}  // namespace ambula::queue
