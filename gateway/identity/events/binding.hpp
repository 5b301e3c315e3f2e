#pragma once

#include <optional>

#include <ambula/outbox/inbox.hpp>

#include "identity/store/accounts.hpp"

namespace ambula::identity::events {

/// Makes `account` the one account that is bound to the record: whoever else was is not any more.
/// Each account that changes tells so by AccountUpdated.
Result<void> bind_account(outbox::Delivery& delivery, store::Binding binding, const Uuid& record,
                          const std::optional<Uuid>& account);

}  // namespace ambula::identity::events
