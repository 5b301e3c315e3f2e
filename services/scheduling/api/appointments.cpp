#include <algorithm>

#include <ambula/service/csv.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "scheduling/events/codec.hpp"
#include "visits.hpp"

// Reading appointments and moving them through their day [SCH-6, SCH-7, SCH-11].
namespace ambula::scheduling::api {
namespace {

const std::vector<std::string_view> appointment_statuses = {
    "BOOKED", "CHECKED_IN", "IN_CONSULTATION", "COMPLETED", "CANCELLED", "NO_SHOW"};

bool is_doctor_only(const auth::Principal& principal) {
  return principal.roles == std::vector{auth::Role::doctor};
}

/// Narrows a list to what the caller may see.
Result<void> narrow(const Call& call, store::ListFilter& filter) {
  const auto& principal = call.principal();
  if (principal.is_patient_only()) {
    const auto own = principal.patient_id.value_or(Uuid{});
    if (filter.patient_id && filter.patient_id != own) return not_found("patient");
    filter.patient_id = own;
  }
  if (is_doctor_only(principal)) {
    const auto own = principal.doctor_id.value_or(Uuid{});
    if (filter.doctor_id && filter.doctor_id != own) {
      return forbidden("not-on-your-list", "Doctors see their own visits.");
    }
    filter.doctor_id = own;
  }
  return {};
}

std::vector<Uuid> patients_of(const std::vector<domain::Appointment>& visits) {
  std::vector<Uuid> patients;
  for (const auto& visit : visits) {
    if (std::find(patients.begin(), patients.end(), visit.patient_id) == patients.end()) {
      patients.push_back(visit.patient_id);
    }
  }
  return patients;
}

/// All rows of the list, batch after batch behind the last one sent.
Result<Answer> export_list(const Call& call, const store::ListFilter& filter) {
  if (!call.principal().may(auth::Permission::list_export))
    return forbidden("forbidden", "The account may not export lists.");
  return service::csv(
      "appointments.csv", csv_head(),
      [facility = call.facility(), filter,
       after = std::optional<std::pair<Instant, Uuid>>{}](db::Session& session) mutable {
        const auto visits = store::list(session, facility, filter, after, service::csv_batch_lines);
        service::CsvLines lines;
        for (const auto& visit : visits)
          lines.push_back(csv_cells(visit));
        if (!visits.empty()) after = {visits.back().time.from, visits.back().id};
        return lines;
      });
}

Result<Answer> plain_command(Call& call, const Decide& decide) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, decide);
}

/// Whose days the list's dates are; UTC while the facility is not known here, and so has no visits.
std::string zone_of(Call& call) {
  const auto rules = store::rules(call.session(), call.facility());
  return rules ? rules->zone : "UTC";
}

}  // namespace

Result<void> check_visible(const Call& call, const domain::Appointment& visit) {
  const auto& principal = call.principal();
  if (principal.is_patient_only() && principal.patient_id != visit.patient_id)
    return not_found("appointment");
  if (is_doctor_only(principal) && principal.doctor_id != visit.doctor_id) {
    return forbidden("not-on-your-list", "Doctors see their own visits.");
  }
  return {};
}

Result<Answer> command(Call& call, const Decide& decide, bool needs_seat, const Settle& settle) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = store::lock(tx, call.facility(), call.id());
    if (!locked) return not_found("appointment");
    if (auto visible = check_visible(call, locked->appointment); !visible) return visible.error();
    if (auto current = call.check_version(locked->appointment.version); !current)
      return current.error();
    const auto decision = decide(*locked);
    if (!decision) return decision.error();

    auto visit = evolved(locked->appointment, *decision);
    visit.updated_at = call.now();
    visit.updated_by = call.actor();
    if (settle) {
      if (auto settled = settle(tx, visit); !settled) return settled.error();
    }
    auto events = call.events();
    for (const auto& event : *decision) {
      const bool moved = event.kind == domain::EventKind::rescheduled;
      events.add(to_string(event.kind),
                 events::encode_appointment(visit, moved ? &locked->appointment : nullptr));
    }
    const auto version = store::save(tx, visit, locked->rules, needs_seat, events);
    if (!version) return version.error();
    visit.version = *version;
    return service::about(service::ok(encode(visit), visit.version), {visit.patient_id});
  });
}

Result<std::optional<std::pair<Instant, Uuid>>> time_cursor(const service::PageRequest& page) {
  if (!page.after) return std::optional<std::pair<Instant, Uuid>>{};
  const auto at = parse_instant((*page.after)[0]);
  const auto id = Uuid::parse((*page.after)[1]);
  if (!at || !id) {
    return Error{ErrorKind::malformed,
                 "invalid-request",
                 "The query is not valid.",
                 {{"cursor", "format", "Must be a cursor of an earlier answer of this list."}}};
  }
  return std::optional(std::pair(*at, *id));
}

Result<Answer> list_appointments(Call& call) {
  auto query = call.query();
  const auto date = query.date("date");
  const auto period = query.period([&call] { return zone_of(call); });
  store::ListFilter filter{.from = period.from.value_or(Instant::min()),
                           .to = period.to.value_or(Instant::max()),
                           .doctor_id = query.uuid("doctor_id"),
                           .patient_id = query.uuid("patient_id"),
                           .department_id = query.uuid("department_id"),
                           .status = std::nullopt};
  if (const auto status = query.choice("status", appointment_statuses))
    filter.status = static_cast<domain::Status>(*status);
  const bool csv = query.csv();
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  if (auto narrowed = narrow(call, filter); !narrowed) return narrowed.error();
  if (date) {
    const auto rules = store::rules(call.session(), call.facility());
    if (!rules) return call.unknown("facility", call.facility());
    const auto day = local_day(rules->zone, *date);
    filter.from = std::max(filter.from, day.from);
    filter.to = std::min(filter.to, day.to);
  }
  if (csv) return export_list(call, filter);
  const auto after = time_cursor(page);
  if (!after) return after.error();
  auto visits = store::list(call.session(), call.facility(), filter, *after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (visits.size() > static_cast<std::size_t>(page.limit)) {
    visits.pop_back();
    next = service::Cursor{format_instant(visits.back().time.from), visits.back().id.str()};
  }
  std::vector<std::string> items;
  for (const auto& visit : visits)
    items.push_back(encode(visit));
  return service::about(service::ok(service::page_body(items, next, page)), patients_of(visits));
}

Result<Answer> get_appointment(Call& call) {
  const auto visit = store::get(call.session(), call.facility(), call.id());
  if (!visit) return not_found("appointment");
  if (auto visible = check_visible(call, *visit); !visible) return visible.error();
  return service::about(service::ok(encode(*visit), visit->version), {visit->patient_id});
}

Result<Answer> update_appointment(Call& call) {
  return command(
      call, [](const store::Locked&) { return domain::Decision{}; }, false,
      [&](db::Transaction&, domain::Appointment& visit) -> Result<void> {
        if (auto changed = patch_appointment(call.body(), visit); !changed) return changed.error();
        return {};
      });
}

Result<Answer> check_in(Call& call) {
  return plain_command(call, [&](const store::Locked& locked) {
    return decide(locked.appointment, domain::CheckIn{}, call.now(), locked.rules);
  });
}

Result<Answer> undo_check_in(Call& call) {
  return plain_command(call, [&](const store::Locked& locked) {
    return decide(locked.appointment, domain::UndoCheckIn{}, call.now(), locked.rules);
  });
}

Result<Answer> complete(Call& call) {
  return plain_command(call, [&](const store::Locked& locked) {
    return decide(locked.appointment, domain::Complete{}, call.now(), locked.rules);
  });
}

Result<Answer> no_show(Call& call) {
  return plain_command(call, [&](const store::Locked& locked) {
    return decide(locked.appointment, domain::NoShow{}, call.now(), locked.rules);
  });
}

Result<Answer> cancel(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  const domain::Cancel cancel{*reason, call.principal().is_patient_only()};
  return command(call, [&](const store::Locked& locked) {
    return decide(locked.appointment, cancel, call.now(), locked.rules);
  });
}

}  // namespace ambula::scheduling::api
