#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "queue/domain/triage.hpp"

namespace ambula::json {
class Object;
}

// Rule sets and triage as JSON: stored, loaded by operators, told to clients. The only file here
// that knows it.
namespace ambula::queue::triage {

/// Reads and validates a rule set.
Result<domain::RuleSet> decode_rules(std::string_view text);

/// The members of a body that describe somebody at triage.
domain::TriageInput read_input(json::Object& body);
/// As stored with a case.
std::string encode(const domain::TriageInput& input);
Result<domain::TriageInput> decode_input(std::string_view text);

/// A nurse or doctor knew better.
struct Override {
  domain::Level level;
  std::string reason;
};
/// What the rules said, and by what it was overridden: both are kept.
std::string encode(const domain::TriageResult& result, const std::optional<Override>& overridden);

}  // namespace ambula::queue::triage
