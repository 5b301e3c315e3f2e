#pragma once

#include <functional>

#include <ambula/service/definition.hpp>

#include "identity/context.hpp"

namespace ambula::identity {

/// This part's lines of the gateway's table of contents: routes, subscriptions, jobs, migrations.
/// `context` is there once the process is prepared.
void define(service::Definition& definition, std::function<Context&()> context);

}  // namespace ambula::identity
