#include "scheduling/store/disruptions.hpp"

#include <algorithm>

#include "codec.hpp"
#include "disrupt.hpp"
#include "handlers.hpp"
#include "scheduling/events/codec.hpp"
#include "scheduling/store/appointments.hpp"
#include "visits.hpp"

// Disruptions: visits that lost their time are moved in one act, all or those named [SCH-10].
namespace ambula::scheduling::api {
namespace {

const std::vector<std::string_view> disruption_statuses = {"PROPOSED", "APPLIED", "CLOSED"};

/// What forbids the move of a visit to its proposal, by the rules of a booking; empty: nothing.
std::string forbidden_by(Call& call, db::Transaction& tx, const domain::Appointment& visit,
                         const domain::Slot& to, const domain::Rules& rules) {
  const auto context =
      store::booking_context(tx, call.facility(), visit.patient_id, to.doctor_id, to.time.from);
  const domain::BookingRequest request{
      .patient_id = visit.patient_id,
      .doctor_id = to.doctor_id,
      .starts_at = to.time.from,
      .duration = std::chrono::duration_cast<std::chrono::minutes>(to.time.to - to.time.from),
      .triage_level = visit.triage_level,
      .reason = {},
      .notes = {},
      .assignment_reason = {}};
  const auto time = domain::check_booking(request, context.facts, call.now(), rules);
  if (!time) return time.error().code;
  auto wanted = visit;
  wanted.doctor_id = to.doctor_id;
  wanted.time = to.time;
  const auto refusal = store::why_not_booked(tx, wanted, context);
  return refusal == store::Refusal::retry ? "" : std::string(to_code(refusal));
}

/// Moves one visit to its proposal; answers why not, or nothing.
Result<std::string> move(Call& call, db::Transaction& tx, const domain::DisruptionItem& item,
                         const domain::Appointment& before, const domain::Rules& rules) {
  if (!item.proposal) return item.reason.value_or("no-slot");
  const auto decision = decide(before, domain::Reschedule{*item.proposal}, call.now(), rules);
  if (!decision) return decision.error().code;
  auto code = forbidden_by(call, tx, before, *item.proposal, rules);
  if (!code.empty()) return code;
  auto visit = evolved(before, *decision);
  visit.updated_at = call.now();
  visit.updated_by = call.actor();
  auto events = call.events();
  events.add(to_string(domain::EventKind::rescheduled), events::encode_appointment(visit, &before));
  const auto saved = store::save(tx, visit, rules, true, events);
  return saved ? std::string{} : saved.error().code;
}

/// New proposals for what could not move, around the proposals that still stand.
void plan_again(Call& call, db::Transaction& tx, const domain::Rules& rules,
                store::LockedDisruption& locked, const std::vector<Uuid>& failed) {
  std::vector<domain::Appointment> visits;
  for (const auto& item : locked.disruption.items) {
    const bool again = is_waiting(item) &&
                       std::find(failed.begin(), failed.end(), item.appointment_id) != failed.end();
    if (again) visits.push_back(locked.visits.at(item.appointment_id));
  }
  if (visits.empty()) return;
  auto facts = store::plan_facts(tx, call.facility(), rules, visits, call.now());
  for (const auto& item : locked.disruption.items) {
    if (!item.proposal || item.applied) continue;
    for (auto& calendar : facts.calendars) {
      if (calendar.doctor_id == item.proposal->doctor_id)
        hold(calendar, rules.zone, item.proposal->time);
    }
  }
  for (const auto& planned : plan(visits, std::move(facts))) {
    for (auto& item : locked.disruption.items) {
      if (item.appointment_id != planned.appointment_id) continue;
      item.proposal = planned.proposal;
      item.reason = planned.reason;
    }
  }
}

bool is_named(const std::optional<std::vector<Uuid>>& names, const Uuid& id) {
  return !names || std::find(names->begin(), names->end(), id) != names->end();
}

std::vector<Uuid> targets(const domain::Disruption& disruption) {
  std::vector<Uuid> doctors;
  for (const auto& item : disruption.items) {
    if (item.proposal) doctors.push_back(item.proposal->doctor_id);
  }
  return doctors;
}

void name_unknown(const domain::Disruption& disruption,
                  const std::optional<std::vector<Uuid>>& names, ApplyOutcome& outcome) {
  if (!names) return;
  for (const auto& id : *names) {
    const bool known =
        std::any_of(disruption.items.begin(), disruption.items.end(),
                    [&](const domain::DisruptionItem& item) { return item.appointment_id == id; });
    if (!known) outcome.failed.emplace_back(id, "appointment-not-found");
  }
}

/// Moves what is named and waits. A race that is lost ends in an Error, and the whole is run again.
Result<ApplyOutcome> move_named(Call& call, db::Transaction& tx, const domain::Rules& rules,
                                store::LockedDisruption& locked,
                                const std::optional<std::vector<Uuid>>& names) {
  ApplyOutcome outcome;
  name_unknown(locked.disruption, names, outcome);
  std::vector<Uuid> failed;
  for (auto& item : locked.disruption.items) {
    if (!is_named(names, item.appointment_id) || (!names && !is_waiting(item))) continue;
    if (!is_waiting(item)) {
      outcome.failed.emplace_back(item.appointment_id, item.applied ? "moved" : *item.reason);
      continue;
    }
    const auto& visit = locked.visits.at(item.appointment_id);
    const auto code = move(call, tx, item, visit, rules);
    if (!code) return code.error();
    if (code->empty()) {
      item.applied = true;
      outcome.moved.push_back(item.appointment_id);
      outcome.patients.push_back(visit.patient_id);
      continue;
    }
    outcome.failed.emplace_back(item.appointment_id, *code);
    failed.push_back(item.appointment_id);
    item.proposal.reset();
    item.reason = "no-slot";
  }
  plan_again(call, tx, rules, locked, failed);
  return outcome;
}

Result<Answer> apply(Call& call, db::Transaction& tx,
                     const std::optional<std::vector<Uuid>>& names) {
  const auto rules = store::rules(tx, call.facility());
  auto locked = store::lock_disruption(tx, call.facility(), call.id());
  if (!locked || !rules) return not_found("disruption");
  auto& disruption = locked->disruption;
  if (auto current = call.check_version(disruption.record.version); !current)
    return current.error();
  if (auto open = check_apply(disruption); !open) return open.error();
  store::share_doctors(tx, call.facility(), targets(disruption));
  const auto outcome = move_named(call, tx, *rules, *locked, names);
  if (!outcome) return outcome.error();
  if (std::none_of(disruption.items.begin(), disruption.items.end(), domain::is_waiting))
    disruption.status = domain::DisruptionStatus::applied;
  disruption.record.updated_at = call.now();
  disruption.record.updated_by = call.actor();
  disruption.record.version = store::save(tx, disruption);
  auto answer =
      service::about(service::ok(encode(*outcome), disruption.record.version), outcome->patients);
  return service::changed(std::move(answer), "disruption", disruption.id, {"status", "items"});
}

domain::Disruption disruption_of(const Call& call, const Occasion& occasion) {
  return {.id = Uuid::make(call.now()),
          .facility_id = call.facility(),
          .doctor_id = occasion.doctor_id,
          .span = occasion.span,
          .reason = occasion.reason,
          .status = domain::DisruptionStatus::proposed,
          .items = {},
          .record = {1, call.now(), call.actor(), call.now(), call.actor()}};
}

}  // namespace

domain::Disruption store_settled(Call& call, db::Transaction& tx, const Occasion& occasion) {
  auto disruption = disruption_of(call, occasion);
  disruption.status = domain::DisruptionStatus::applied;
  store::insert(tx, disruption);
  return disruption;
}

Effects disrupt(Call& call, db::Transaction& tx, const domain::Rules& rules,
                const Occasion& occasion, const std::vector<domain::Appointment>& lost) {
  if (lost.empty()) return {};
  auto disruption = disruption_of(call, occasion);
  disruption.items = plan(lost, store::plan_facts(tx, call.facility(), rules, lost, call.now()));
  // A change without an end concerns the visits that are booked.
  if (disruption.span.to == Instant::max()) disruption.span.to = lost.back().time.to;
  store::insert(tx, disruption);
  Effects effects{.affected = {}, .disruption_id = disruption.id};
  for (const auto& visit : lost)
    effects.affected.push_back(visit.id);
  return effects;
}

Result<Answer> list_disruptions(Call& call) {
  auto query = call.query();
  std::optional<domain::DisruptionStatus> status;
  if (const auto chosen = query.choice("status", disruption_statuses))
    status = static_cast<domain::DisruptionStatus>(*chosen);
  const auto doctor = query.uuid("doctor_id");
  const auto page = query.page(1);
  if (auto fault = query.finish()) return *fault;
  std::optional<Uuid> after;
  if (page.after) after = Uuid::parse((*page.after)[0]);
  auto found = store::list_disruptions(call.session(), call.facility(), status, doctor, after,
                                       page.limit + 1);
  std::optional<service::Cursor> next;
  if (found.size() > static_cast<std::size_t>(page.limit)) {
    found.pop_back();
    next = service::Cursor{found.back().id.str()};
  }
  std::vector<std::string> items;
  for (const auto& disruption : found)
    items.push_back(encode(disruption));
  return service::ok(service::page_body(items, next, page));
}

Result<Answer> get_disruption(Call& call) {
  const auto found = store::get_disruption(call.session(), call.facility(), call.id());
  if (!found) return not_found("disruption");
  return service::ok(encode(*found), found->record.version);
}

Result<Answer> apply_disruption(Call& call) {
  const auto names = decode_apply(call.body());
  if (!names) return names.error();
  return again_while_racing(
      [&] { return call.transact([&](db::Transaction& tx) { return apply(call, tx, *names); }); });
}

Result<Answer> close_disruption(Call& call) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto locked = store::lock_disruption(tx, call.facility(), call.id());
    if (!locked) return not_found("disruption");
    auto& disruption = locked->disruption;
    if (auto current = call.check_version(disruption.record.version); !current)
      return current.error();
    if (auto open = check_close(disruption); !open) return open.error();
    disruption.status = domain::DisruptionStatus::closed;
    disruption.record.updated_at = call.now();
    disruption.record.updated_by = call.actor();
    disruption.record.version = store::save(tx, disruption);
    return service::changed(service::ok(encode(disruption), disruption.record.version),
                            "disruption", disruption.id, {"status"});
  });
}

}  // namespace ambula::scheduling::api
