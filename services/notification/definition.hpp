#pragma once

#include <ambula/service/definition.hpp>

namespace ambula::notification {

/// The table of contents of the notification service.
service::Definition definition();

}  // namespace ambula::notification
