#pragma once

#include <optional>
#include <string>

#include <ambula/outbox/inbox.hpp>

#include "queue/store/entries.hpp"

// What every change of an entry ends in: state, history and events in one statement. For commands,
// reactions and jobs alike.
namespace ambula::queue::events {

/// Who does it, when, and what caused it.
struct Act {
  outbox::Cause cause;
  Instant now;
  Uuid actor;
};
Act act_of(const outbox::Delivery& delivery);

/// Saves what was decided; the entry afterwards. An empty decision changes nothing.
domain::Entry record(db::Transaction& tx, const domain::Entry& state,
                     const domain::Decision& decision, const Act& act);

/// Draws a ticket of the entry's queue and inserts it.
void enter(db::Transaction& tx, domain::Entry& entry, const domain::Queue& queue, const Act& act);

struct Transfer {
  const domain::Queue& target;
  std::string reason;
  domain::Decision before{};               ///< events of the same write, ahead of the transfer
  std::optional<domain::Choice> doctor{};  ///< chosen for the successor
  std::optional<std::string> why_here{};   ///< told on the successor
};
struct Transferred {
  domain::Entry left;
  domain::Entry successor;
};
/// The entry ends here and its successor waits in the target.
Result<Transferred> transfer(db::Transaction& tx, const domain::Entry& state, const Transfer& order,
                             const Act& act);

}  // namespace ambula::queue::events
