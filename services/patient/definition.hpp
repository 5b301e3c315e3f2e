#pragma once

#include <ambula/service/definition.hpp>

namespace ambula::patient {

/// The table of contents of the patient service.
service::Definition definition();

}  // namespace ambula::patient
