#include "jobs.hpp"

#include <algorithm>
#include <scheduling/sql.hpp>

#include "scheduling/events/codec.hpp"
#include "scheduling/store/appointments.hpp"
#include "scheduling/store/slots.hpp"
#include "scheduling/store/waiting_requests.hpp"

namespace ambula::scheduling::jobs {
namespace {

/// As long as the topic keeps them.
constexpr std::chrono::days assessments_kept{7};

/// Each visit in a transaction of its own: one that moved on meanwhile is left alone.
bool mark_no_show(db::Session& session, const Uuid& facility, const Uuid& id, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<bool> {
    const auto locked = store::lock(tx, facility, id);
    if (!locked) return false;
    // Since the row was read the patient may have come, or the visit have been moved.
    if (!is_missed(locked->appointment, now, locked->rules)) return false;
    const auto decision = decide(locked->appointment, domain::NoShow{}, now, locked->rules);
    if (!decision) return false;
    auto visit = evolved(locked->appointment, *decision);
    visit.updated_at = now;
    visit.updated_by = Uuid{};
    outbox::Events events(outbox::Cause{});
    events.add(to_string(domain::EventKind::no_show), events::encode_appointment(visit));
    const auto saved = store::save(tx, visit, locked->rules, false, events);
    if (!saved) return saved.error();
    return true;
  });
  return done && *done;
}

constexpr int draws_max = 5;

/// Books what fits into the freed time; false: nothing does, or it was taken at this moment.
bool serve(db::Transaction& tx, const store::Freed& freed, domain::WaitingRequest request,
           Instant now) {
  const TimeRange window{std::max(now, request.window.from), request.window.to};
  const auto facts = store::search_facts(tx, freed.facility_id, request.patient_id, window);
  const auto found = store::calendars(tx, freed.facility_id, {.doctor_ids = {freed.doctor_id}},
                                      {std::max(window.from, freed.time.from - domain::visit_max),
                                       std::min(window.to, freed.time.to)},
                                      facts.rules);
  if (found.empty()) return false;
  const auto slot =
      fit(request, found[0], {.rules = facts.rules, .patient_busy = facts.patient_busy}, freed.time,
          now);
  if (!slot) return false;
  domain::Appointment visit;
  visit.id = Uuid::make(now);
  visit.facility_id = freed.facility_id;
  visit.patient_id = request.patient_id;
  visit.doctor_id = slot->doctor_id;
  visit.department_id = found[0].department_id;
  visit.time = slot->time;
  visit.triage_level = request.triage_level;
  visit.created_at = visit.updated_at = now;
  visit.created_by = visit.updated_by = request.record.created_by;
  outbox::Events events(outbox::Cause{});
  events.add(to_string(domain::EventKind::booked), events::encode_appointment(visit));
  const store::BookingContext context{facts.rules, {}, found[0].hours_version};
  // A seat that somebody else drew at this moment is no refusal: the next draw has another.
  for (int tries = 0; !store::book(tx, visit, context, events); ++tries) {
    const auto refusal = store::why_not_booked(tx, visit, context);
    if (refusal != store::Refusal::retry || tries == draws_max) return false;
  }
  request.status = domain::WaitingStatus::served;
  request.appointment_id = visit.id;
  request.record.updated_at = now;
  store::save(tx, request);
  return true;
}

enum class Round { nothing_freed, nobody_served, served };

/// One span that became free, in one transaction with what it is given to.
Round serve_one_span(db::Session& session, Instant now) {
  const auto done = session.transact([&](db::Transaction& tx) -> Result<Round> {
    const auto freed = store::take_freed(tx);
    if (!freed) return Round::nothing_freed;
    auto round = Round::nobody_served;
    for (auto& request : store::waiting_for(tx, *freed, now)) {
      if (serve(tx, *freed, std::move(request), now)) round = Round::served;
    }
    return round;
  });
  return done ? *done : Round::nothing_freed;
}

}  // namespace

void mark_no_shows(db::Session& session, Instant now, const std::function<void()>& committed) {
  Instant after = Instant::min();
  Uuid after_id;
  while (true) {
    const auto due = session.read(sql::due_no_shows, now, after, after_id);
    if (due.empty()) return;
    bool any = false;
    for (const auto row : due) {
      after = row.get<Instant>("ends_at");
      after_id = row.get<Uuid>("id");
      any = mark_no_show(session, row.get<Uuid>("facility_id"), after_id, now) || any;
    }
    if (any) committed();
  }
}

void serve_waiting(db::Session& session, Instant now, const std::function<void()>& committed) {
  while (true) {
    const auto round = serve_one_span(session, now);
    if (round == Round::nothing_freed) return;
    if (round == Round::served) committed();
  }
}

void clean_up(db::Session& session, Instant now, const std::function<void()>&) {
  while (session.execute(sql::expire_waiting_requests, now)->affected() > 0) {
  }
  while (session.execute(sql::forget_assessments, now - assessments_kept)->affected() > 0) {
  }
}

}  // namespace ambula::scheduling::jobs
