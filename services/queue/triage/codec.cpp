#include "codec.hpp"

#include <ambula/json/json.hpp>

namespace ambula::queue::triage {
namespace {

const std::vector<std::string_view> level_names = {"CRITICAL", "HIGH", "MODERATE", "LOW"};
const std::vector<std::string_view> consciousness_names = {"A", "C", "V", "P", "U"};

constexpr std::size_t rules_max = 500;
constexpr std::size_t symptoms_max = 50;
constexpr json::Text code_rule{.max = 60};

std::optional<int> small(json::Object& object, const char* name, int min, int max) {
  const auto number = object.optional_integer(name, min, max);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

domain::TriageRule read_rule(json::Object& object) {
  return {.code = object.text("code", code_rule),
          .level = static_cast<domain::Level>(object.choice("level", level_names)),
          .symptom = object.optional_text("symptom", code_rule),
          .pain_from = small(object, "pain_from", 0, 10),
          .age_from = small(object, "age_from", 0, 150),
          .age_below = small(object, "age_below", 0, 150),
          .pregnant = object.optional_boolean("pregnant"),
          .specialty = object.optional_text("specialty", code_rule)};
}

domain::News2Rules read_news2(json::Object object) {
  return {.from_age = static_cast<int>(object.integer("from_age", 0, 150)),
          .critical_from = static_cast<int>(object.integer("critical_from", 1, 20)),
          .high_from = static_cast<int>(object.integer("high_from", 1, 20)),
          .low_from = static_cast<int>(object.integer("low_from", 1, 20)),
          .single_3 = static_cast<domain::Level>(object.choice("single_3", level_names))};
}

domain::SpecialtyShift read_shift(json::Object& object) {
  return {.code = object.text("code", code_rule),
          .specialty = object.text("specialty", code_rule),
          .symptom = object.optional_text("symptom", code_rule),
          .raise = static_cast<int>(object.integer("raise", 1, 3))};
}

domain::Vitals read_vitals(json::Object object) {
  domain::Vitals vitals;
  vitals.respiratory_rate = small(object, "respiratory_rate", 0, 150);
  vitals.spo2 = small(object, "spo2", 0, 100);
  vitals.spo2_scale = small(object, "spo2_scale", 1, 2);
  vitals.on_oxygen = object.optional_boolean("on_oxygen");
  vitals.systolic = small(object, "systolic", 0, 400);
  vitals.pulse = small(object, "pulse", 0, 400);
  if (const auto chosen = object.optional_choice("consciousness", consciousness_names))
    vitals.consciousness = static_cast<domain::Consciousness>(*chosen);
  vitals.temperature_c = object.optional_number("temperature_c", 10, 50);
  return vitals;
}

json::Value encode_vitals(const domain::Vitals& vitals) {
  json::Value value = json::Value::object();
  json::put(value, "respiratory_rate", vitals.respiratory_rate);
  json::put(value, "spo2", vitals.spo2);
  json::put(value, "spo2_scale", vitals.spo2_scale);
  json::put(value, "on_oxygen", vitals.on_oxygen);
  json::put(value, "systolic", vitals.systolic);
  json::put(value, "pulse", vitals.pulse);
  if (vitals.consciousness) value["consciousness"] = to_string(*vitals.consciousness);
  json::put(value, "temperature_c", vitals.temperature_c);
  return value;
}

}  // namespace

Result<domain::RuleSet> decode_rules(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object object(*value);
  domain::RuleSet set;
  set.version = object.text("version", code_rule);
  for (auto& rule : object.objects("rules", 1, rules_max))
    set.rules.push_back(read_rule(rule));
  set.news2 = read_news2(object.object("news2"));
  for (auto& shift : object.objects("shifts", 0, rules_max))
    set.shifts.push_back(read_shift(shift));
  if (auto fault = object.finish()) return *fault;
  if (auto valid = validate(set); !valid) return valid.error();
  return set;
}

domain::TriageInput read_input(json::Object& body) {
  domain::TriageInput input;
  if (body.is_present("symptoms"))
    input.symptoms = body.texts("symptoms", 0, symptoms_max, code_rule);
  if (auto vitals = body.optional_object("vitals")) input.vitals = read_vitals(*vitals);
  input.pain = small(body, "pain", 0, 10);
  input.pregnant = body.optional_boolean("pregnant").value_or(false);
  input.age_years = small(body, "age_years", 0, 150);
  input.specialty = body.optional_text("specialty", code_rule);
  return input;
}

std::string encode(const domain::TriageInput& input) {
  json::Value value;
  value["symptoms"] = json::of(input.symptoms);
  value["vitals"] = encode_vitals(input.vitals);
  json::put(value, "pain", input.pain);
  value["pregnant"] = input.pregnant;
  json::put(value, "age_years", input.age_years);
  json::put(value, "specialty", input.specialty);
  return json::dump(value);
}

Result<domain::TriageInput> decode_input(std::string_view text) {
  const auto value = json::parse(text);
  if (!value) return value.error();
  json::Object object(*value);
  auto input = read_input(object);
  if (auto fault = object.finish_known()) return *fault;
  return input;
}

std::string encode(const domain::TriageResult& result, const std::optional<Override>& overridden) {
  json::Value value;
  value["level"] = to_string(result.level);
  if (result.news2) value["score"] = result.news2->score;
  value["parts"] = json::Value::object();
  if (result.news2) {
    for (const auto& [name, points] : result.news2->parts)
      value["parts"][name] = points;
  }
  value["rules"] = json::of(result.rules);
  value["missing"] = json::of(result.missing);
  value["notes"] = json::of(result.notes);
  value["rule_set"] = result.rule_set;
  if (overridden) {
    value["overridden"] = {{"level", to_string(overridden->level)}, {"reason", overridden->reason}};
  }
  return json::dump(value);
}

}  // namespace ambula::queue::triage
