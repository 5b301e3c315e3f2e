#include "codec.hpp"
#include "handlers.hpp"
#include "scheduling/events/codec.hpp"
#include "scheduling/store/slots.hpp"
#include "visits.hpp"

// Booking, moving and reinstating a visit [SCH-5, SCH-6, SCH-8, SCH-9].
namespace ambula::scheduling::api {
namespace {

constexpr int attempts_max =
    5;  // lost races over a seat or changed hours; each further one is unlikely
constexpr std::size_t alternatives_max = 3;
constexpr std::chrono::days alternatives_reach{60};

std::chrono::minutes length_of(const domain::Appointment& visit) {
  return std::chrono::duration_cast<std::chrono::minutes>(visit.time.to - visit.time.from);
}

Error lost_too_often() {
  return Error{ErrorKind::unavailable, "contended", "Many book at this moment; try again."};
}

/// The next times from `from` on that this patient could have with one of these doctors.
std::string alternatives(Call& call, const store::SlotFilter& filter, const Uuid& patient,
                         Instant from, std::chrono::minutes duration,
                         std::optional<domain::TriageLevel> level) {
  const auto begin = std::max(from, call.now());
  const TimeRange window{begin, begin + alternatives_reach};
  const auto facts = store::search_facts(call.session(), call.facility(), patient, window);
  if (!facts) return "[]";
  const domain::Search search{facts->rules, window, duration, level, facts->patient_busy};
  const auto calendars =
      store::calendars(call.session(), call.facility(), filter, window, facts->rules);
  return encode_slots(free_slots(calendars, search, alternatives_max));
}

/// A rule's refusal; an unknown patient or doctor may only be too new for our projections.
Error refusal(Call& call, const Error& error, const Uuid& patient, const Uuid& doctor) {
  if (error.code == "patient-not-found") return call.unknown("patient", patient);
  if (error.code == "doctor-not-found") return call.unknown("doctor", doctor);
  return error;
}

domain::Appointment new_appointment(const Call& call, const domain::BookingRequest& request,
                                    const TimeRange& time, const Uuid& department) {
  domain::Appointment visit;
  visit.id = Uuid::make(call.now());
  visit.facility_id = call.facility();
  visit.patient_id = request.patient_id;
  visit.doctor_id = request.doctor_id;
  visit.department_id = department;
  visit.time = time;
  visit.triage_level = request.triage_level;
  visit.reason = request.reason;
  visit.notes = request.notes;
  visit.assignment_reason = request.assignment_reason;
  visit.created_at = visit.updated_at = call.now();
  visit.created_by = visit.updated_by = call.actor();
  return visit;
}

/// Nothing when a race was lost and another try may win.
using Attempt = Result<std::optional<Answer>>;

/// Books in one statement; `lost` says what to do when something forbids it.
Attempt book(Call& call, const domain::Appointment& visit, const store::BookingContext& context,
             const std::function<Attempt(store::Refusal)>& lost) {
  auto answer = service::about(
      service::created("/v1/appointments/" + visit.id.str(), encode(visit)), {visit.patient_id});
  auto events = call.events();
  events.add("AppointmentBooked", events::encode_appointment(visit));
  const auto booked =
      store::book(call.session(), visit, context, call.idempotency_params(answer), events);
  if (!booked) return booked.error();
  if (*booked) return std::optional(std::move(answer));
  return lost(store::why_not_booked(call.session(), visit, context));
}

/// A given doctor at a given time.
Attempt try_book(Call& call, const domain::BookingRequest& request) {
  const auto context = store::booking_context(call.session(), call.facility(), request.patient_id,
                                              request.doctor_id, request.starts_at);
  if (!context) return call.unknown("facility", call.facility());
  const auto time = domain::check_booking(request, context->facts, call.now(), context->rules);
  if (!time) return refusal(call, time.error(), request.patient_id, request.doctor_id);
  const auto visit = new_appointment(call, request, *time, context->facts.department_id);
  return book(call, visit, *context, [&](store::Refusal why) -> Attempt {
    if (why == store::Refusal::retry) return std::optional<Answer>{};
    return refused(call, why, visit, context->rules);
  });
}

store::SlotFilter filter_of(const BookingInput& input) {
  store::SlotFilter filter{.department_id = input.department_id,
                           .inactive_too = input.doctor_id.has_value()};
  if (input.doctor_id) filter.doctor_ids = {*input.doctor_id};
  if (input.specialty) filter.specialties = {*input.specialty};
  return filter;
}

Error patient_overlap() {
  return conflict(to_code(store::Refusal::patient_overlap),
                  "The patient has another visit at that time.");
}

Error no_slot(Call& call, const BookingInput& input) {
  auto error = conflict("no-slot", "Nobody has a free time within reach.");
  if (!input.starts_at) return error;
  return std::move(error).with_json(
      "alternatives", alternatives(call, filter_of(input), input.patient_id, *input.starts_at,
                                   input.duration.value_or(domain::visit_min), input.triage_level));
}

/// A doctor at a time, when both were named.
std::optional<domain::BookingRequest> whole(const BookingInput& input) {
  if (!input.doctor_id || !input.starts_at) return std::nullopt;
  return domain::BookingRequest{.patient_id = input.patient_id,
                                .doctor_id = *input.doctor_id,
                                .starts_at = *input.starts_at,
                                .duration = input.duration,
                                .triage_level = input.triage_level,
                                .reason = input.reason,
                                .notes = input.notes,
                                .assignment_reason = {}};
}

/// What of the rules needs no time: a doctor that was named must be there and active.
Result<void> check_search(Call& call, const BookingInput& input, const store::SearchFacts& facts,
                          const std::vector<domain::Calendar>& calendars) {
  domain::BookingFacts people{.patient_active = facts.patient_active,
                              .doctor_active = true,
                              .department_id = {},
                              .availability = {}};
  if (input.doctor_id) {
    people.doctor_active.reset();
    if (!calendars.empty()) people.doctor_active = calendars[0].active;
  }
  const auto done =
      domain::check_people(input.duration, input.starts_at, people, call.now(), facts.rules);
  if (!done) {
    return refusal(call, done.error(), input.patient_id, input.doctor_id.value_or(Uuid{}));
  }
  return {};
}

/// The doctor or the time are left to us: the best that is free within the window.
Attempt assign_within(Call& call, const BookingInput& wanted, const TimeRange& window) {
  const auto facts =
      store::search_facts(call.session(), call.facility(), wanted.patient_id, window);
  if (!facts) return call.unknown("facility", call.facility());
  const auto calendars =
      store::calendars(call.session(), call.facility(), filter_of(wanted), window, facts->rules);
  if (auto able = check_search(call, wanted, *facts, calendars); !able) return able.error();

  const domain::Search search{facts->rules, window, wanted.duration, wanted.triage_level,
                              facts->patient_busy};
  const auto chosen = wanted.starts_at ? assign_at(calendars, search, *wanted.starts_at)
                                       : assign_earliest(calendars, search);
  if (!chosen) {
    auto anybody = search;
    anybody.patient_busy.clear();
    // Somebody is free then: it is the patient who is not.
    if (wanted.starts_at && assign_at(calendars, anybody, *wanted.starts_at))
      return patient_overlap();
    return no_slot(call, wanted);
  }
  domain::BookingRequest request{.patient_id = wanted.patient_id,
                                 .doctor_id = chosen->slot.doctor_id,
                                 .starts_at = chosen->slot.time.from,
                                 .duration = wanted.duration,
                                 .triage_level = wanted.triage_level,
                                 .reason = wanted.reason,
                                 .notes = wanted.notes,
                                 .assignment_reason = {}};
  if (!wanted.doctor_id) request.assignment_reason = chosen->reason;
  for (const auto& calendar : calendars) {
    if (calendar.doctor_id != request.doctor_id) continue;
    const store::BookingContext context{facts->rules, {}, calendar.hours_version};
    const auto visit = new_appointment(call, request, chosen->slot.time, calendar.department_id);
    // Whatever took the time meanwhile: another search finds the next.
    return book(call, visit, context, [](store::Refusal) { return std::optional<Answer>{}; });
  }
  return std::optional<Answer>{};
}

/// Most find a time within days; only then the whole reach is read.
Attempt try_assign(Call& call, const BookingInput& wanted) {
  if (wanted.starts_at) {
    return assign_within(call, wanted, {*wanted.starts_at, *wanted.starts_at + domain::visit_max});
  }
  const auto reach = domain::reach_of(wanted.triage_level);
  const auto soon = std::min(reach, soon_days);
  auto answer = assign_within(call, wanted, {call.now(), call.now() + soon});
  if (answer || answer.error().code != "no-slot" || soon == reach) return answer;
  return assign_within(call, wanted, {call.now(), call.now() + reach});
}

/// A patient books for themselves.
Result<void> check_booker(const Call& call, const BookingInput& input) {
  if (!call.principal().is_patient_only()) return {};
  if (call.principal().patient_id != input.patient_id) return not_found("patient");
  return {};
}

}  // namespace

std::string_view to_code(store::Refusal refusal) {
  switch (refusal) {
    case store::Refusal::patient_overlap:
      return "patient-overlap";
    case store::Refusal::doctor_day_full:
      return "doctor-day-full";
    case store::Refusal::slot_taken:
      return "slot-taken";
    case store::Refusal::retry:
      break;
  }
  return "contended";
}

Error refused(Call& call, store::Refusal why, const domain::Appointment& wanted,
              const domain::Rules&) {
  if (why == store::Refusal::retry) return lost_too_often();
  if (why == store::Refusal::patient_overlap) return patient_overlap();
  auto error = conflict(to_code(why), why == store::Refusal::doctor_day_full
                                          ? "The doctor has no seat left on that day."
                                          : "The doctor has another visit at that time.");
  return std::move(error).with_json(
      "alternatives", alternatives(call, {.doctor_ids = {wanted.doctor_id}}, wanted.patient_id,
                                   wanted.time.from, length_of(wanted), wanted.triage_level));
}

Result<std::optional<domain::TriageLevel>> settle_level(Call& call,
                                                        std::optional<domain::TriageLevel> level,
                                                        const std::optional<Uuid>& assessment,
                                                        const Uuid& patient) {
  const bool staff = call.principal().may(auth::Permission::appointment_triage_level);
  if (level && !staff)
    return forbidden("assessment-required", "A patient's level comes from an assessment.");
  if (!assessment) return level;
  const auto found = store::find_assessment(call.session(), call.facility(), *assessment);
  if (!found) return call.unknown("assessment", *assessment);
  const auto assessed = domain::level_of(*found, patient, call.now());
  if (!assessed) return assessed.error();
  return std::optional(*assessed);
}

Result<Answer> again_while_racing(const std::function<Result<Answer>()>& run) {
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    auto answer = run();
    if (answer) return answer;
    const auto& code = answer.error().code;
    if (code != "seat-clash" && code != "slot-taken" && code != "patient-overlap") return answer;
  }
  return lost_too_often();
}

Result<Answer> book_appointment(Call& call) {
  const auto input = decode_booking(call.body());
  if (!input) return input.error();
  if (auto booker = check_booker(call, *input); !booker) return booker.error();
  return call.run_once([&]() -> Result<Answer> {
    const auto level =
        settle_level(call, input->triage_level, input->assessment_id, input->patient_id);
    if (!level) return level.error();
    if (*level == domain::TriageLevel::critical && call.principal().is_patient_only()) {
      return conflict("go-to-emergency", "Do not wait for a visit: go to the emergency now.");
    }
    auto settled = *input;
    settled.triage_level = *level;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      const auto request = whole(settled);
      auto answer = request ? try_book(call, *request) : try_assign(call, settled);
      if (!answer) return answer.error();
      if (*answer) return **std::move(answer);
    }
    return lost_too_often();
  });
}

namespace {

/// Moves or reinstates: the rules of a booking for a visit that exists. `wanted` is what was last
/// asked for, so that a refusal by the database can be told in the order of the rules.
struct Resettle {
  domain::Appointment wanted;
  store::BookingContext context;

  Result<void> operator()(Call& call, db::Transaction& tx, domain::Appointment& visit,
                          std::chrono::minutes duration, bool allow_past_today) {
    store::share_doctors(tx, call.facility(), {visit.doctor_id});
    context = store::booking_context(tx, call.facility(), visit.patient_id, visit.doctor_id,
                                     visit.time.from);
    const domain::BookingRequest request{.patient_id = visit.patient_id,
                                         .doctor_id = visit.doctor_id,
                                         .starts_at = visit.time.from,
                                         .duration = duration,
                                         .triage_level = visit.triage_level,
                                         .reason = {},
                                         .notes = {},
                                         .assignment_reason = {}};
    const auto time =
        domain::check_booking(request, context.facts, call.now(), context.rules, allow_past_today);
    if (!time) return refusal(call, time.error(), visit.patient_id, visit.doctor_id);
    visit.time = *time;
    visit.department_id = context.facts.department_id;
    wanted = visit;
    return {};
  }
};

bool is_contended(const Error& error) {
  return error.code == "seat-clash" || error.code == "slot-taken" ||
         error.code == "patient-overlap" || error.code == "doctor-day-full";
}

/// Runs a command that needs a free time again while it loses races. What the database refused is
/// told in the order of the rules.
Result<Answer> contended(Call& call, const std::function<Result<Answer>()>& run,
                         const Resettle& last) {
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    auto answer = run();
    if (answer || !is_contended(answer.error())) return answer;
    const auto why = store::why_not_booked(call.session(), last.wanted, last.context);
    if (why != store::Refusal::retry) return refused(call, why, last.wanted, last.context.rules);
  }
  return lost_too_often();
}

}  // namespace

Result<Answer> reschedule(Call& call) {
  const auto input = decode_reschedule(call.body());
  if (!input) return input.error();
  Resettle resettle;
  const auto run = [&] {
    return command(
        call,
        [&](const store::Locked& locked) {
          const auto& visit = locked.appointment;
          const TimeRange time{input->starts_at,
                               input->starts_at + input->duration.value_or(length_of(visit))};
          return decide(visit,
                        domain::Reschedule{{input->doctor_id.value_or(visit.doctor_id), time}},
                        call.now(), locked.rules);
        },
        true,
        [&](db::Transaction& tx, domain::Appointment& visit) {
          return resettle(call, tx, visit, length_of(visit), false);
        });
  };
  return contended(call, run, resettle);
}

Result<Answer> reinstate(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  Resettle resettle;
  const auto run = [&] {
    return command(
        call,
        [&](const store::Locked& locked) {
          return decide(locked.appointment, domain::Reinstate{*reason}, call.now(), locked.rules);
        },
        true,
        [&](db::Transaction& tx, domain::Appointment& visit) {
          return resettle(call, tx, visit, length_of(visit), true);
        });
  };
  return contended(call, run, resettle);
}

}  // namespace ambula::scheduling::api
