#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ambula/bus/event.hpp>

namespace ambula::bus {

/// Header names and values of one Kafka record, in order.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The CloudEvents headers of an event (docs/events.md, "Envelope"). A tombstone has neither type
/// nor content.
Headers encode_headers(const Event& event);

/// Reads the headers into `event`, whose topic, key and tombstone are already filled in. Returns
/// what is wrong with them ("ce_id is missing"), never with a value in it; empty when all is well.
/// Headers that we do not know are ignored, because brokers and tracing tools add their own.
std::string decode_headers(const Headers& headers, Event& event);

}  // namespace ambula::bus
