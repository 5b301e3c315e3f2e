#include "queue/store/triage.hpp"

#include <ambula/base/zone.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "queue/events/codec.hpp"
#include "turns.hpp"

// Triage by versioned rules, and a patient's own assessment [QUE-5, QUE-6, QUE-13].
namespace ambula::queue::api {
namespace {

constexpr auto assessment_valid = std::chrono::hours(4);

struct Assessed {
  domain::TriageResult result;
  domain::Level in_force;
  std::string document;
};

Result<domain::RuleSet> rules_of(Call& call) {
  return triage::decode_rules(store::active_rules(call.session(), call.facility()).text);
}

std::optional<int> age_of(Call& call, const Uuid& patient_id) {
  const auto patient = store::patient(call.session(), call.facility(), patient_id);
  const auto settings = store::settings(call.session(), call.facility());
  if (!patient || !patient->birth_date || !settings) return std::nullopt;
  return age_on(*patient->birth_date, local_date(settings->zone, call.now()));
}

/// CRITICAL goes to the emergency queue of the department, to the best doctor on duty, at once.
Result<domain::Entry> to_emergency(Call& call, db::Transaction& tx, const domain::Entry& entry,
                                   const domain::Decision& triaged) {
  const auto act = act_of(call);
  const auto specialty = triaged.front().specialty ? triaged.front().specialty : entry.specialty;
  const auto doctor = choose_doctor(
      store::on_duty(tx, entry.facility_id, call.now(), entry.department_id, specialty), specialty,
      entry.department_id);
  if (entry.queue_kind == domain::Kind::emergency) {
    auto decision = triaged;
    if (doctor && !entry.doctor_id) {
      decision.push_back({.kind = domain::EventKind::assigned,
                          .reason = doctor->reason,
                          .doctor_id = doctor->doctor_id});
    }
    return events::record(tx, entry, decision, act);
  }
  const auto queue =
      store::first_queue(tx, entry.facility_id, entry.department_id, domain::Kind::emergency);
  if (!queue) return events::record(tx, entry, triaged, act);
  auto moved = events::transfer(
      tx, entry,
      {.target = *queue, .reason = "CRITICAL at triage", .before = triaged, .doctor = doctor}, act);
  if (!moved) return moved.error();
  return std::move(moved->left);
}

Result<Answer> triage(Call& call, const TriageRequest& request, const domain::RuleSet& rules,
                      db::Transaction& tx, const std::optional<DoctorsList>& list) {
  const auto locked = lock_for(call, tx);
  if (!locked) return locked.error();
  if (list && !list->has(locked->entry))
    return forbidden("not-on-your-list", "The patient is not on your list.");
  const auto result = assess(rules, request.input);
  const auto level = request.overridden ? request.overridden->level : result.level;
  const auto decision = decide(
      locked->entry,
      domain::Triage{level, triage::encode(result, request.overridden), request.input.specialty});
  if (!decision) return decision.error();
  store::add(tx, store::TriageCase{
                     .id = Uuid::make(call.now()),
                     .facility_id = call.facility(),
                     .queue_entry_id = locked->entry.id,
                     .at = call.now(),
                     .actor_id = call.actor(),
                     .rule_set = result.rule_set,
                     .input = triage::encode(request.input),
                     .level = result.level,
                     .override_level = request.overridden ? std::optional(level) : std::nullopt});
  if (level != domain::Level::critical)
    return answer(events::record(tx, locked->entry, *decision, act_of(call)), locked->names);
  const auto moved = to_emergency(call, tx, locked->entry, *decision);
  if (!moved) return moved.error();
  return answer(*moved, locked->names);
}

/// A patient's own answers are kept for a booking; staff only ask.
Result<Answer> keep(Call& call, const domain::TriageInput& input,
                    const domain::TriageResult& result) {
  const domain::Assessment assessment{.id = Uuid::make(call.now()),
                                      .facility_id = call.facility(),
                                      .patient_id = *call.principal().patient_id,
                                      .level = result.level,
                                      .rule_set = result.rule_set,
                                      .valid_until = call.now() + assessment_valid};
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto events = call.events();
    events.add("AssessmentMade", events::encode_assessment(assessment));
    store::add(tx, assessment, triage::encode(input), call.now(), events);
    return service::about(
        service::ok(encode_assessment(triage::encode(result, std::nullopt), assessment)),
        {assessment.patient_id});
  });
}

}  // namespace

Result<Answer> triage_entry(Call& call) {
  auto request = decode_triage(call.body());
  if (!request) return request.error();
  if (request->overridden && !call.principal().may(auth::Permission::triage_override))
    return forbidden("forbidden", "Nurses and doctors override the rules.");
  const auto found = store::get(call.session(), call.facility(), call.id());
  if (!found) return not_found("queue-entry");
  if (!request->input.age_years && found->entry.patient_id)
    request->input.age_years = age_of(call, *found->entry.patient_id);
  const auto rules = rules_of(call);
  if (!rules) return rules.error();
  const auto list = list_of(call);
  return call.transact(
      [&](db::Transaction& tx) { return triage(call, *request, *rules, tx, list); });
}

Result<Answer> assess_triage(Call& call) {
  const bool own = call.principal().is_patient_only();
  auto input = decode_assess(call.body(), !own);
  if (!input) return input.error();
  const auto rules = rules_of(call);
  if (!rules) return rules.error();
  if (!own) return service::ok(triage::encode(assess(*rules, *input), std::nullopt));
  if (!call.principal().patient_id)
    return forbidden("not-bound", "The account is not bound to a patient record yet.");
  const auto patient = *call.principal().patient_id;
  if (!store::patient(call.session(), call.facility(), patient))
    return call.unknown("patient", patient);
  if (!input->age_years) input->age_years = age_of(call, patient);
  return keep(call, *input, assess(*rules, *input));
}

Result<Answer> get_triage_rules(Call& call) {
  return service::ok(store::active_rules(call.session(), call.facility()).text);
}

}  // namespace ambula::queue::api
