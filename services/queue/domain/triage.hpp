#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

#include "queue/domain/entry.hpp"

// How urgent somebody is, by rules that are data with a version [QUE-5].
namespace ambula::queue::domain {

/// New confusion counts as C.
enum class Consciousness { alert, confused, voice, pain, unresponsive };
std::string_view to_string(Consciousness consciousness);  ///< "A" "C" "V" "P" "U"
std::optional<Consciousness> parse_consciousness(std::string_view text);

struct Vitals {
  std::optional<int> respiratory_rate;  ///< breaths a minute
  std::optional<int> spo2;              ///< per cent
  std::optional<int> spo2_scale;        ///< 1, or 2 for those whose target is 88–92 %
  std::optional<bool> on_oxygen;
  std::optional<int> systolic;  ///< mmHg
  std::optional<int> pulse;     ///< beats a minute
  std::optional<Consciousness> consciousness;
  std::optional<double> temperature_c;
};

/// What is known of somebody at triage.
struct TriageInput {
  std::vector<std::string> symptoms;  ///< codes
  Vitals vitals;
  std::optional<int> pain;  ///< 0 to 10
  bool pregnant{false};
  std::optional<int> age_years;
  std::optional<std::string> specialty;  ///< code
};

/// Fires when everything that it names holds.
struct TriageRule {
  std::string code;
  Level level{Level::low};
  std::optional<std::string> symptom;
  std::optional<int> pain_from;
  std::optional<int> age_from;
  std::optional<int> age_below;
  std::optional<bool> pregnant;
  std::optional<std::string> specialty;
};

/// What the aggregate of NEWS2 means. The points themselves are the published ones and no rule.
struct News2Rules {
  int from_age{16};
  int critical_from{7};
  int high_from{5};
  int low_from{1};
  Level single_3{Level::high};
};

/// Raises the level of patients of a specialty, of all or of those with a symptom.
struct SpecialtyShift {
  std::string code;
  std::string specialty;
  std::optional<std::string> symptom;
  int raise{1};
};

struct RuleSet {
  std::string version;
  std::vector<TriageRule> rules;
  News2Rules news2;
  std::vector<SpecialtyShift> shifts;
};
/// Codes are unique, a rule names a condition, bounds make sense; the error points at the rule.
Result<void> validate(const RuleSet& rules);

/// The National Early Warning Score 2 of the Royal College of Physicians, 2017.
struct News2 {
  int score{0};                      ///< of the parts that are known
  std::map<std::string, int> parts;  ///< points of each parameter that was measured
  std::vector<std::string> missing;  ///< parameters that were not
};
News2 news2(const Vitals& vitals);

struct TriageResult {
  Level level{Level::low};
  std::optional<News2> news2;      ///< when it applies and something was measured
  std::vector<std::string> rules;  ///< codes of all that fired, most urgent first
  std::vector<std::string> missing;
  std::vector<std::string> notes;  ///< for people: what was not taken into account, and why
  std::string rule_set;
};
/// The highest rule that fires decides. A missing measurement is said, never guessed.
TriageResult assess(const RuleSet& rules, const TriageInput& input);

}  // namespace ambula::queue::domain
