#include "triage.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace ambula::queue::domain {
namespace {

constexpr std::array<std::string_view, 5> consciousness_names = {"A", "C", "V", "P", "U"};

/// Points of a value at most `up_to`; bands stand in rising order, the last is open.
struct Band {
  int up_to;
  int points;
};
constexpr int no_end = 1'000'000;

template <std::size_t size>
int points(const std::array<Band, size>& bands, int value) {
  for (const auto& band : bands) {
    if (value <= band.up_to) return band.points;
  }
  return bands.back().points;
}

// NEWS2, chart 1 of the Royal College of Physicians' report of December 2017.
constexpr std::array<Band, 5> respiration = {{{8, 3}, {11, 1}, {20, 0}, {24, 2}, {no_end, 3}}};
constexpr std::array<Band, 4> saturation_1 = {{{91, 3}, {93, 2}, {95, 1}, {no_end, 0}}};
constexpr std::array<Band, 4> saturation_2_air = {{{83, 3}, {85, 2}, {87, 1}, {no_end, 0}}};
constexpr std::array<Band, 7> saturation_2_oxygen = {
    {{83, 3}, {85, 2}, {87, 1}, {92, 0}, {94, 1}, {96, 2}, {no_end, 3}}};
constexpr std::array<Band, 5> systolic_pressure = {
    {{90, 3}, {100, 2}, {110, 1}, {219, 0}, {no_end, 3}}};
constexpr std::array<Band, 6> pulse_rate = {
    {{40, 3}, {50, 1}, {90, 0}, {110, 1}, {130, 2}, {no_end, 3}}};
constexpr std::array<Band, 5> temperature_tenths = {
    {{350, 3}, {360, 1}, {380, 0}, {390, 1}, {no_end, 2}}};
constexpr int scale_2_target_max = 92;

/// On scale 2 a value above the target means something else on air than on oxygen.
std::optional<int> saturation_points(const Vitals& vitals) {
  if (!vitals.spo2) return std::nullopt;
  if (vitals.spo2_scale.value_or(1) == 1) return points(saturation_1, *vitals.spo2);
  if (*vitals.spo2 <= scale_2_target_max) return points(saturation_2_air, *vitals.spo2);
  if (!vitals.on_oxygen) return std::nullopt;
  return *vitals.on_oxygen ? points(saturation_2_oxygen, *vitals.spo2)
                           : points(saturation_2_air, *vitals.spo2);
}

bool has(const std::vector<std::string>& symptoms, const std::string& symptom) {
  return std::find(symptoms.begin(), symptoms.end(), symptom) != symptoms.end();
}

bool fires(const TriageRule& rule, const TriageInput& input) {
  if (rule.symptom && !has(input.symptoms, *rule.symptom)) return false;
  if (rule.pain_from && input.pain.value_or(-1) < *rule.pain_from) return false;
  if (rule.age_from && (!input.age_years || *input.age_years < *rule.age_from)) return false;
  if (rule.age_below && (!input.age_years || *input.age_years >= *rule.age_below)) return false;
  if (rule.pregnant && input.pregnant != *rule.pregnant) return false;
  return !rule.specialty || input.specialty == rule.specialty;
}

struct Fired {
  std::string code;
  Level level;
};

/// NEWS2 is made for adults who are not pregnant.
std::optional<std::string> why_no_news2(const News2Rules& rules, const TriageInput& input) {
  if (input.age_years && *input.age_years < rules.from_age)
    return "Under " + std::to_string(rules.from_age) + ": NEWS2 does not apply.";
  if (input.pregnant) return "Pregnant: NEWS2 does not apply.";
  return std::nullopt;
}

void fire_news2(const News2Rules& rules, const News2& found, std::vector<Fired>& fired) {
  if (found.score >= rules.critical_from) {
    fired.push_back({"NEWS2_" + std::to_string(rules.critical_from) + "_OR_MORE", Level::critical});
  } else if (found.score >= rules.high_from) {
    fired.push_back({"NEWS2_" + std::to_string(rules.high_from) + "_OR_MORE", Level::high});
  } else if (found.score >= rules.low_from) {
    fired.push_back({"NEWS2_" + std::to_string(rules.low_from) + "_OR_MORE", Level::low});
  }
  for (const auto& [name, part] : found.parts) {
    if (part == 3) return fired.push_back({"NEWS2_SINGLE_3", rules.single_3});
  }
}

void apply_news2(const RuleSet& rules, const TriageInput& input, TriageResult& result,
                 std::vector<Fired>& fired) {
  if (auto why = why_no_news2(rules.news2, input)) return result.notes.push_back(*std::move(why));
  if (!input.age_years) result.notes.emplace_back("Age unknown: scored as an adult.");
  auto found = news2(input.vitals);
  result.missing = found.missing;
  if (found.parts.empty()) {
    result.notes.emplace_back("No vital signs: NEWS2 is not scored.");
    return;
  }
  if (!found.missing.empty())
    result.notes.emplace_back("Vital signs are missing: the score is the least it can be.");
  fire_news2(rules.news2, found, fired);
  result.news2 = std::move(found);
}

void shift(const std::vector<SpecialtyShift>& shifts, const TriageInput& input,
           TriageResult& result, std::vector<Fired>& fired) {
  int raise = 0;
  for (const auto& one : shifts) {
    if (input.specialty != one.specialty) continue;
    if (one.symptom && !has(input.symptoms, *one.symptom)) continue;
    raise = std::max(raise, one.raise);
    fired.push_back({one.code, result.level});
  }
  result.level = static_cast<Level>(std::max(0, static_cast<int>(result.level) - raise));
}

Error bad_rule(const std::string& pointer, std::string_view detail) {
  return rule_broken("bad-rule-set", detail, pointer);
}

}  // namespace

std::string_view to_string(Consciousness consciousness) {
  return consciousness_names[static_cast<std::size_t>(consciousness)];
}

std::optional<Consciousness> parse_consciousness(std::string_view text) {
  for (std::size_t i = 0; i < consciousness_names.size(); ++i) {
    if (consciousness_names[i] == text) return static_cast<Consciousness>(i);
  }
  return std::nullopt;
}

News2 news2(const Vitals& vitals) {
  News2 found;
  const auto take = [&](const char* name, std::optional<int> part) {
    if (!part) return found.missing.emplace_back(name), void();
    found.parts[name] = *part;
    found.score += *part;
  };
  const auto of = [](const auto& bands, const std::optional<int>& value) {
    return value ? std::optional(points(bands, *value)) : std::nullopt;
  };
  take("respiratory_rate", of(respiration, vitals.respiratory_rate));
  take("spo2", saturation_points(vitals));
  take("on_oxygen",
       vitals.on_oxygen ? std::optional(*vitals.on_oxygen ? 2 : 0) : std::optional<int>{});
  take("systolic", of(systolic_pressure, vitals.systolic));
  take("pulse", of(pulse_rate, vitals.pulse));
  take("consciousness", vitals.consciousness
                            ? std::optional(*vitals.consciousness == Consciousness::alert ? 0 : 3)
                            : std::optional<int>{});
  // Thermometers show tenths; bands are defined in them.
  take("temperature_c",
       vitals.temperature_c
           ? std::optional(points(temperature_tenths,
                                  static_cast<int>(std::lround(*vitals.temperature_c * 10))))
           : std::optional<int>{});
  return found;
}

TriageResult assess(const RuleSet& rules, const TriageInput& input) {
  TriageResult result;
  result.rule_set = rules.version;
  std::vector<Fired> fired;
  for (const auto& rule : rules.rules) {
    if (fires(rule, input)) fired.push_back({rule.code, rule.level});
  }
  apply_news2(rules, input, result, fired);
  for (const auto& one : fired)
    result.level = std::min(result.level, one.level);
  shift(rules.shifts, input, result, fired);
  std::stable_sort(fired.begin(), fired.end(),
                   [](const Fired& a, const Fired& b) { return a.level < b.level; });
  for (auto& one : fired)
    result.rules.push_back(std::move(one.code));
  return result;
}

Result<void> validate(const RuleSet& set) {
  std::set<std::string> codes;
  for (std::size_t i = 0; i < set.rules.size(); ++i) {
    const auto& rule = set.rules[i];
    const auto at = "/rules/" + std::to_string(i);
    if (!codes.insert(rule.code).second) return bad_rule(at + "/code", "The code is used twice.");
    if (!rule.symptom && !rule.pain_from && !rule.age_from && !rule.age_below && !rule.pregnant &&
        !rule.specialty) {
      return bad_rule(at, "A rule without a condition would fire for everybody.");
    }
    if (rule.age_from && rule.age_below && *rule.age_from >= *rule.age_below)
      return bad_rule(at + "/age_below", "No age is within.");
  }
  for (std::size_t i = 0; i < set.shifts.size(); ++i) {
    if (!codes.insert(set.shifts[i].code).second)
      return bad_rule("/shifts/" + std::to_string(i) + "/code", "The code is used twice.");
  }
  const auto& n = set.news2;
  if (!(n.low_from < n.high_from && n.high_from < n.critical_from))
    return bad_rule("/news2", "low_from, high_from and critical_from must rise.");
  return {};
}

}  // namespace ambula::queue::domain
