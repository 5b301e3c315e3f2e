#pragma once

// Inside of libs/outbox only: rows of parked_event.

#include <string>
#include <string_view>

#include <ambula/bus/consumer.hpp>
#include <ambula/db/session.hpp>

namespace ambula::outbox {

/// Writes the record into parked_event. `held`: not to blame itself, but behind one of its key that
/// is. A record that is no CloudEvent is given an id of its own, so that operators can name it.
void park(db::Transaction& tx, std::string_view consumer, const bus::Record& record, bool held,
          std::string_view reason);

/// Why a statement's refusal parks an event: SQLSTATE and constraint, nothing of the row.
std::string reason_of(const db::StatementFailed& failed);

/// Whether trying again later can help: the database's state is to blame (locks, schema, rights,
/// resources), not the event.
bool is_transient(const db::StatementFailed& failed);

}  // namespace ambula::outbox
