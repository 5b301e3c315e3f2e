#pragma once

// Inside of libs/outbox only: one transaction of the inbox.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ambula/bus/consumer.hpp>
#include <ambula/outbox/inbox.hpp>

namespace ambula::outbox {

/// The next offset of each assigned partition as the database has it; -1 = none stored yet.
using Offsets = std::map<std::pair<std::string, std::int32_t>, std::int64_t>;

enum class Disposition { applied, duplicate, parked, held, given_up };

/// The code of the Error when another member has moved the offsets.
inline constexpr std::string_view offsets_moved = "offsets-moved";

/// Calls the topic's handlers in their order until one fails.
Result<void> handle(const std::vector<Subscription>& subscriptions, Delivery& delivery);

/// The offsets behind the last record of each partition.
Offsets offsets_after(std::span<const bus::Record> records);

/// Applies the records, in their order, in one transaction with inbox rows, positions and offsets;
/// what became of each. With `park_reason` the records are parked for it instead of handled. An
/// Error or exception means that nothing has happened (InDoubt: that it is not known).
Result<std::vector<Disposition>> apply(db::Session& session, const InboxOptions& options,
                                       std::span<const bus::Record> records, const Offsets& known,
                                       const std::string* park_reason);

}  // namespace ambula::outbox
