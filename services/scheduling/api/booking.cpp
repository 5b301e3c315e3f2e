#include "codec.hpp"
#include "handlers.hpp"
#include "scheduling/events/codec.hpp"
#include "visits.hpp"

// Booking, moving and reinstating a visit [SCH-5, SCH-6].
namespace ambula::scheduling::api {
namespace {

constexpr int attempts_max =
    5;  // lost races over a seat or changed hours; each further one is unlikely
constexpr std::size_t alternatives_max = 3;
constexpr std::chrono::days alternatives_reach{60};

/// The next free times of the same doctor, beside the refusals that another time could cure.
Error with_alternatives(Error error, db::Session& session, const domain::Appointment& wanted,
                        const domain::Rules& rules, Instant now) {
  const TimeRange window{std::max(wanted.time.from, now),
                         std::max(wanted.time.from, now) + alternatives_reach};
  const auto calendars =
      store::calendars(session, wanted.facility_id, {.doctor_id = wanted.doctor_id}, window,
                       domain::seats_for(wanted.triage_level, rules));
  const auto duration =
      std::chrono::duration_cast<std::chrono::minutes>(wanted.time.to - wanted.time.from);
  const auto slots = domain::free_slots(calendars, rules.zone, window, duration, alternatives_max);
  return std::move(error).with_json("alternatives", encode_slots(slots));
}

Error slot_taken() {
  return conflict("slot-taken", "The doctor has another visit at that time.");
}

Error day_full() {
  return conflict("doctor-day-full", "The doctor has no seat left on that day.");
}

Error lost_too_often() {
  return Error{ErrorKind::unavailable, "contended", "Many book at this moment; try again.", {}, {}};
}

/// A rule's refusal; an unknown patient or doctor may only be too new for our projections.
Error refusal(Call& call, const Error& error, const domain::BookingRequest& request) {
  if (error.code == "patient-not-found") return call.unknown("patient", request.patient_id);
  if (error.code == "doctor-not-found") return call.unknown("doctor", request.doctor_id);
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
  visit.created_at = visit.updated_at = call.now();
  visit.created_by = visit.updated_by = call.actor();
  return visit;
}

/// One try; nullopt when a race was lost and another try may win.
Result<std::optional<Answer>> try_book(Call& call, const domain::BookingRequest& request) {
  const auto context = store::booking_context(call.session(), call.facility(), request.patient_id,
                                              request.doctor_id);
  if (!context) return call.unknown("facility", call.facility());
  const auto time = domain::check_booking(request, context->facts, call.now(), context->rules);
  if (!time) return refusal(call, time.error(), request);

  const auto visit = new_appointment(call, request, *time, context->facts.department_id);
  auto answer = service::about(
      service::created("/v1/appointments/" + visit.id.str(), encode(visit)), {visit.patient_id});
  auto events = call.events();
  events.add("AppointmentBooked", events::encode_appointment(visit));
  const auto booked =
      store::book(call.session(), visit, *context, call.idempotency_params(answer), events);
  if (!booked) return booked.error();
  if (*booked) return std::optional(std::move(answer));

  switch (store::why_not_booked(call.session(), visit, *context)) {
    case store::Refusal::patient_overlap:
      return conflict("patient-overlap", "The patient has another visit at that time.");
    case store::Refusal::doctor_day_full:
      return with_alternatives(day_full(), call.session(), visit, context->rules, call.now());
    case store::Refusal::slot_taken:
      return with_alternatives(slot_taken(), call.session(), visit, context->rules, call.now());
    case store::Refusal::retry:
      break;
  }
  return std::optional<Answer>{};
}

/// A patient books for themselves; a level comes from staff or an assessment only.
Result<void> check_booker(const Call& call, const domain::BookingRequest& request) {
  if (!call.principal().may(auth::Permission::appointment_triage_level) && request.triage_level) {
    return forbidden("assessment-required", "A patient's level comes from an assessment.");
  }
  if (!call.principal().is_patient_only()) return {};
  if (call.principal().patient_id != request.patient_id) return not_found("patient");
  return {};
}

/// Checks the rules of a booking for a visit that exists (a move or a reinstatement) and settles
/// its time.
Result<void> settle_time(Call& call, db::Transaction& tx, domain::Appointment& visit,
                         const domain::Rules& rules, std::optional<std::chrono::minutes> duration,
                         bool allow_past_today) {
  const auto context =
      store::booking_context(tx, call.facility(), visit.patient_id, visit.doctor_id);
  const domain::BookingRequest request{.patient_id = visit.patient_id,
                                       .doctor_id = visit.doctor_id,
                                       .starts_at = visit.time.from,
                                       .duration = duration,
                                       .triage_level = visit.triage_level,
                                       .reason = {},
                                       .notes = {}};
  const auto time =
      domain::check_booking(request, context.facts, call.now(), rules, allow_past_today);
  if (!time) return refusal(call, time.error(), request);
  visit.time = *time;
  visit.department_id = context.facts.department_id;
  return {};
}

/// Runs a command that needs a free time again while it loses races over a seat, and adds
/// alternatives to refusals.
Result<Answer> contended(Call& call, const std::function<Result<Answer>()>& run,
                         const domain::Appointment& wanted, const domain::Rules& rules) {
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    auto answer = run();
    if (answer || (answer.error().code != "seat-clash" && answer.error().code != "slot-taken" &&
                   answer.error().code != "doctor-day-full")) {
      return answer;
    }
    if (answer.error().code == "seat-clash") continue;
    return with_alternatives(answer.error(), call.session(), wanted, rules, call.now());
  }
  return lost_too_often();
}

}  // namespace

Result<Answer> book_appointment(Call& call) {
  const auto request = decode_booking(call.body());
  if (!request) return request.error();
  if (auto booker = check_booker(call, *request); !booker) return booker.error();
  return call.run_once([&]() -> Result<Answer> {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      auto answer = try_book(call, *request);
      if (!answer) return answer.error();
      if (*answer) return **std::move(answer);
    }
    return lost_too_often();
  });
}

Result<Answer> reschedule(Call& call) {
  const auto input = decode_reschedule(call.body());
  if (!input) return input.error();
  domain::Appointment wanted;
  domain::Rules rules;
  const auto run = [&] {
    return command(
        call,
        [&](const store::Locked& locked) {
          const auto& visit = locked.appointment;
          rules = locked.rules;
          const auto length =
              std::chrono::duration_cast<std::chrono::minutes>(visit.time.to - visit.time.from);
          const TimeRange time{input->starts_at,
                               input->starts_at + input->duration.value_or(length)};
          return decide(visit,
                        domain::Reschedule{{input->doctor_id.value_or(visit.doctor_id), time}},
                        call.now(), rules);
        },
        true,
        [&](db::Transaction& tx, domain::Appointment& visit) {
          wanted = visit;
          const auto duration =
              std::chrono::duration_cast<std::chrono::minutes>(visit.time.to - visit.time.from);
          return settle_time(call, tx, visit, rules, duration, false);
        });
  };
  return contended(call, run, wanted, rules);
}

Result<Answer> reinstate(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  domain::Appointment wanted;
  domain::Rules rules;
  const auto run = [&] {
    return command(
        call,
        [&](const store::Locked& locked) {
          rules = locked.rules;
          return decide(locked.appointment, domain::Reinstate{*reason}, call.now(), rules);
        },
        true,
        [&](db::Transaction& tx, domain::Appointment& visit) {
          wanted = visit;
          const auto duration =
              std::chrono::duration_cast<std::chrono::minutes>(visit.time.to - visit.time.from);
          return settle_time(call, tx, visit, rules, duration, true);
        });
  };
  return contended(call, run, wanted, rules);
}

}  // namespace ambula::scheduling::api
