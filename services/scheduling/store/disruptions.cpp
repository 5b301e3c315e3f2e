#include "disruptions.hpp"

#include <algorithm>
#include <scheduling/sql.hpp>
#include <set>

#include <ambula/base/check.hpp>

#include "rows.hpp"
#include "slots.hpp"

namespace ambula::scheduling::store {
namespace {

/// The items as columns; an empty text stands for NULL.
struct Columns {
  std::vector<Uuid> appointments;
  std::vector<Uuid> doctors;
  std::vector<Instant> starts;
  std::vector<std::string> proposed_doctors;
  std::vector<std::string> proposed_from;
  std::vector<std::string> proposed_to;
  std::vector<std::string> reasons;
  std::vector<std::string> applied;

  explicit Columns(const std::vector<domain::DisruptionItem>& items) {
    for (const auto& item : items) {
      appointments.push_back(item.appointment_id);
      doctors.push_back(item.stood.doctor_id);
      starts.push_back(item.stood.time.from);
      const auto& to = item.proposal;
      proposed_doctors.push_back(to ? to->doctor_id.str() : "");
      proposed_from.push_back(to ? format_instant(to->time.from) : "");
      proposed_to.push_back(to ? format_instant(to->time.to) : "");
      reasons.push_back(item.reason.value_or(""));
      applied.emplace_back(item.applied ? "true" : "false");
    }
  }
};

domain::Disruption to_disruption(const db::Row& row) {
  const auto status = domain::parse_disruption_status(row.text("status"));
  AMBULA_CHECK(status.has_value());
  return {.id = row.get<Uuid>("id"),
          .facility_id = row.get<Uuid>("facility_id"),
          .doctor_id = row.get<std::optional<Uuid>>("doctor_id"),
          .span = {row.get<Instant>("starts_at"), row.get<Instant>("ends_at")},
          .reason = row.get<std::string>("reason"),
          .status = *status,
          .items = {},
          .record = to_record(row)};
}

domain::DisruptionItem to_item(const db::Row& row, const domain::Appointment& visit) {
  domain::DisruptionItem item{.appointment_id = visit.id,
                              .stood = {row.get<Uuid>("stood_doctor"), {}},
                              .proposal = {},
                              .reason = row.get<std::optional<std::string>>("item_reason"),
                              .applied = row.get<bool>("applied")};
  const auto from = row.get<Instant>("stood_from");
  item.stood.time = {from, from + (visit.time.to - visit.time.from)};
  if (!row.is_null("proposed_doctor_id")) {
    item.proposal =
        domain::Slot{row.get<Uuid>("proposed_doctor_id"),
                     {row.get<Instant>("proposed_from"), row.get<Instant>("proposed_to")}};
  }
  return item;
}

/// Adds the items to their disruptions, which come in any order.
void add_items(std::vector<domain::Disruption>& disruptions, const db::Rows& rows) {
  for (const auto row : rows) {
    const auto id = row.get<Uuid>("disruption_id");
    const auto owner = std::find_if(disruptions.begin(), disruptions.end(),
                                    [&](const domain::Disruption& one) { return one.id == id; });
    const auto visit = to_appointment(row);
    auto item = to_item(row, visit);
    if (!item.applied) {
      if (auto other = settled_otherwise(item, visit)) {
        item.reason = std::move(other);
        item.proposal.reset();
      }
    }
    owner->items.push_back(std::move(item));
  }
}

}  // namespace

void insert(db::Transaction& tx, const domain::Disruption& disruption) {
  const Columns items(disruption.items);
  tx.exec(sql::insert_disruption, disruption.id, disruption.facility_id, disruption.doctor_id,
          disruption.span.from, disruption.span.to, disruption.reason, to_string(disruption.status),
          disruption.record.created_at, disruption.record.created_by, items.appointments,
          items.doctors, items.starts, items.proposed_doctors, items.proposed_from,
          items.proposed_to, items.reasons);
}

std::optional<domain::Disruption> get_disruption(db::Session& session, const Uuid& facility,
                                                 const Uuid& id) {
  const auto rows = session.read(sql::get_disruption, id, facility);
  if (rows.empty()) return std::nullopt;
  std::vector<domain::Disruption> found{to_disruption(rows.front())};
  add_items(found, session.read(sql::disruption_items, facility, std::vector<Uuid>{id}));
  return std::move(found[0]);
}

std::vector<domain::Disruption> list_disruptions(db::Session& session, const Uuid& facility,
                                                 std::optional<domain::DisruptionStatus> status,
                                                 const std::optional<Uuid>& doctor,
                                                 const std::optional<Uuid>& after, int limit) {
  std::vector<domain::Disruption> found;
  std::vector<Uuid> ids;
  const auto wanted =
      status ? std::optional(std::string(to_string(*status))) : std::optional<std::string>{};
  for (const auto row :
       session.read(sql::list_disruptions, facility, wanted, doctor, after, limit)) {
    found.push_back(to_disruption(row));
    ids.push_back(found.back().id);
  }
  if (!found.empty()) add_items(found, session.read(sql::disruption_items, facility, ids));
  return found;
}

std::optional<LockedDisruption> lock_disruption(db::Transaction& tx, const Uuid& facility,
                                                const Uuid& id) {
  const auto rows = tx.exec(sql::lock_disruption, id, facility);
  if (rows.empty()) return std::nullopt;
  LockedDisruption locked;
  for (const auto row : tx.exec(sql::lock_disrupted, facility, id)) {
    auto visit = to_appointment(row);
    locked.visits.emplace(visit.id, std::move(visit));
  }
  std::vector<domain::Disruption> found{to_disruption(rows.front())};
  add_items(found, tx.exec(sql::disruption_items, facility, std::vector<Uuid>{id}));
  locked.disruption = std::move(found[0]);
  return locked;
}

std::int64_t save(db::Transaction& tx, const domain::Disruption& disruption) {
  const Columns items(disruption.items);
  return tx
      .exec(sql::save_disruption, disruption.id, disruption.facility_id,
            to_string(disruption.status), disruption.record.updated_at,
            disruption.record.updated_by, items.appointments, items.proposed_doctors,
            items.proposed_from, items.proposed_to, items.reasons, items.applied)
      .front()
      .get<std::int64_t>("version");
}

domain::PlanFacts plan_facts(db::Transaction& tx, const Uuid& facility, const domain::Rules& rules,
                             const std::vector<domain::Appointment>& visits, Instant now) {
  domain::PlanFacts facts{.rules = rules, .now = now, .calendars = {}, .patient_busy = {}};
  std::set<Uuid> doctors;
  std::set<Uuid> patients;
  TimeRange window{Instant::max(), now};
  for (const auto& visit : visits) {
    doctors.insert(visit.doctor_id);
    patients.insert(visit.patient_id);
    window.from = std::max(now, std::min(window.from, visit.time.from));
    window.to = std::max(window.to, visit.time.to + domain::plan_reach + std::chrono::days{1});
  }
  // The doctors concerned tell the specialties; all of these are candidates.
  const SlotFilter own{{doctors.begin(), doctors.end()}, {}, {}, true};
  std::set<std::string> specialties;
  for (const auto& calendar : calendars(tx, facility, own, {window.from, window.from}, rules))
    specialties.insert(calendar.specialty);
  const SlotFilter all{{}, {specialties.begin(), specialties.end()}, {}, true};
  facts.calendars = calendars(tx, facility, all, window, rules);
  const auto day = local_day(rules.zone, local_date(rules.zone, window.from));
  for (const auto row :
       tx.exec(sql::busy_patients, facility, std::vector<Uuid>(patients.begin(), patients.end()),
               day.from, window.to)) {
    facts.patient_busy[row.get<Uuid>("patient_id")].push_back(
        {row.get<Instant>("starts_at"), row.get<Instant>("ends_at")});
  }
  return facts;
}

}  // namespace ambula::scheduling::store
