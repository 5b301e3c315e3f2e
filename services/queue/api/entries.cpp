#include <algorithm>

#include <ambula/auth/password.hpp>
#include <ambula/base/zone.hpp>
#include <ambula/service/csv.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "queue/events/codec.hpp"
#include "queue/store/visitors.hpp"
#include "turns.hpp"

// Walk-ins of registered patients and of visitors, identifying a visitor, and reading entries
// [QUE-1, QUE-11, QUE-14].
namespace ambula::queue::api {
namespace {

constexpr int tracking_token_bytes = 18;

const std::vector<std::string_view> status_names = {"WAITING", "CALLED",    "IN_SERVICE",
                                                    "ON_HOLD", "COMPLETED", "TRANSFERRED",
                                                    "LEFT",    "NO_SHOW",   "CANCELLED"};

std::vector<Uuid> patients_of_all(const std::vector<store::Named>& entries) {
  std::vector<Uuid> patients;
  for (const auto& [entry, names] : entries) {
    if (entry.patient_id &&
        std::find(patients.begin(), patients.end(), *entry.patient_id) == patients.end()) {
      patients.push_back(*entry.patient_id);
    }
  }
  return patients;
}

/// Staff see their facility, doctors their list, patients their own.
Result<void> narrow(const Call& call, store::ListFilter& filter) {
  if (is_doctor_only(call)) filter.visible_to_doctor = call.principal().doctor_id.value_or(Uuid{});
  if (!call.principal().is_patient_only()) return {};
  const auto own = call.principal().patient_id.value_or(Uuid{});
  if (filter.patient_id && filter.patient_id != own) return not_found("patient");
  filter.patient_id = own;
  return {};
}

domain::Entry new_entry(const Call& call, const EntryInput& input, const domain::Queue& queue,
                        Date today) {
  domain::Entry entry;
  entry.id = Uuid::make(call.now());
  entry.facility_id = call.facility();
  entry.queue_id = entry.origin_queue_id = queue.id;
  entry.queue_kind = queue.kind;
  entry.department_id = queue.department_id;
  entry.day = today;
  entry.patient_id = input.patient_id;
  entry.doctor_id = input.doctor_id;
  entry.reason = input.reason;
  entry.seniority = call.now();
  entry.tracking_token = auth::random_token(tracking_token_bytes);
  entry.created_at = entry.updated_at = call.now();
  entry.created_by = entry.updated_by = call.actor();
  return entry;
}

Result<store::Names> check_patient(Call& call, const Uuid& id) {
  const auto patient = store::patient(call.session(), call.facility(), id);
  if (!patient) return call.unknown("patient", id);
  if (!patient->active) return conflict("patient-inactive", "The patient's record is not active.");
  return store::Names{
      .patient = patient->display_name, .mrn = patient->mrn, .visitor = {}, .phone = {}};
}

/// Patient and doctor must be known and active; a visitor is taken as they say.
Result<store::Names> check_people(Call& call, const EntryInput& input) {
  if (input.doctor_id) {
    const auto doctor = store::doctor(call.session(), call.facility(), *input.doctor_id);
    if (!doctor) return call.unknown("doctor", *input.doctor_id);
    if (!doctor->active) return conflict("doctor-inactive", "The doctor is not active.");
  }
  if (input.patient_id) return check_patient(call, *input.patient_id);
  return store::Names{
      .patient = {}, .mrn = {}, .visitor = input.visitor->name, .phone = input.visitor->phone};
}

/// An anonymous walk-in is a fact of its own: name and phone stand nowhere else.
Uuid record_visitor(Call& call, db::Transaction& tx, const VisitorInput& input) {
  const domain::Visitor visitor{.id = Uuid::make(call.now()),
                                .facility_id = call.facility(),
                                .name = input.name,
                                .phone = input.phone,
                                .patient_id = std::nullopt};
  auto events = call.events();
  events.add("VisitorRecorded", events::encode_visitor(visitor));
  store::record(tx, visitor, call.now(), events);
  return visitor.id;
}

Result<Answer> as_csv(const Call& call, const store::ListFilter& filter) {
  if (!call.principal().may(auth::Permission::list_export))
    return forbidden("forbidden", "The account may not export lists.");
  auto after = std::make_shared<store::After>();
  return service::csv(
      "queue.csv", csv_head(), [filter, after, facility = call.facility()](db::Session& session) {
        service::CsvLines lines;
        const auto entries =
            store::list(session, facility, filter, *after, service::csv_batch_lines);
        for (const auto& named : entries)
          lines.push_back(csv_cells(named));
        if (!entries.empty()) *after = {entries.back().entry.created_at, entries.back().entry.id};
        return lines;
      });
}

Result<store::After> after_of(const service::PageRequest& page) {
  if (!page.after) return store::After{};
  const auto at = parse_instant((*page.after)[0]);
  const auto id = Uuid::parse((*page.after)[1]);
  if (!at || !id)
    return Error{ErrorKind::malformed, "invalid-request", "The cursor is not of this list."};
  return store::After{{*at, *id}};
}

}  // namespace

Result<Answer> list_entries(Call& call) {
  auto query = call.query();
  store::ListFilter filter{.queue_id = query.uuid("queue_id"),
                           .day = query.date("date"),
                           .status = std::nullopt,
                           .doctor_id = query.uuid("doctor_id"),
                           .patient_id = query.uuid("patient_id"),
                           .appointment_id = query.uuid("appointment_id"),
                           .visible_to_doctor = std::nullopt};
  if (const auto status = query.choice("status", status_names))
    filter.status = static_cast<domain::Status>(*status);
  const bool csv = query.csv();
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  if (auto narrowed = narrow(call, filter); !narrowed) return narrowed.error();
  if (csv) return as_csv(call, filter);
  const auto after = after_of(page);
  if (!after) return after.error();
  auto entries = store::list(call.session(), call.facility(), filter, *after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (entries.size() > static_cast<std::size_t>(page.limit)) {
    entries.pop_back();
    const auto& last = entries.back().entry;
    next = service::Cursor{format_instant(last.created_at), last.id.str()};
  }
  std::vector<std::string> items;
  for (const auto& [entry, names] : entries)
    items.push_back(encode(entry, names));
  return service::about(service::ok(service::page_body(items, next, page)),
                        patients_of_all(entries));
}

Result<Answer> get_entry(Call& call) {
  const auto found = store::get(call.session(), call.facility(), call.id());
  if (!found) return not_found("queue-entry");
  const auto& entry = found->entry;
  if (call.principal().is_patient_only() && call.principal().patient_id != entry.patient_id) {
    return not_found("queue-entry");
  }
  if (auto visible = check_visible(call, entry); !visible) return visible.error();
  return answer(entry, found->names);
}

Result<Answer> create_entry(Call& call) {
  const auto input = decode_entry(call.body());
  if (!input) return input.error();
  const auto queue = store::get_queue(call.session(), call.facility(), input->queue_id);
  if (!queue) return call.unknown("queue", input->queue_id);
  const auto settings = store::settings(call.session(), call.facility());
  if (!settings) return call.unknown("facility", call.facility());
  const auto names = check_people(call, *input);
  if (!names) return names.error();
  const auto today = local_date(settings->zone, call.now());

  auto done = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto entry = new_entry(call, *input, *queue, today);
    if (input->visitor) entry.visitor_id = record_visitor(call, tx, *input->visitor);
    if (const auto choice = choose_for_emergency(tx, entry, *queue, call.now())) {
      entry.doctor_id = choice->doctor_id;
      entry.assignment = choice->reason;
    }
    events::enter(tx, entry, *queue, act_of(call));
    return service::about(
        service::created("/v1/queue-entries/" + entry.id.str(), encode(entry, *names)),
        patients_of(entry));
  });
  if (done || !input->patient_id) return done;
  return already_queued(call, done.error(), *input->patient_id, queue->id, today);
}

/// The visitor turns out to be somebody: all their entries follow, and neighbours by the fact.
Result<Answer> identify_entry(Call& call) {
  const auto patient_id = decode_identify(call.body());
  if (!patient_id) return patient_id.error();
  const auto known = check_patient(call, *patient_id);
  if (!known) return known.error();
  std::optional<domain::Entry> asked;
  auto done = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = lock_for(call, tx);
    if (!locked) return locked.error();
    asked = locked->entry;
    const auto decision = decide(*asked, domain::Identify{*patient_id});
    if (!decision) return decision.error();
    auto names = locked->names;
    names.patient = known->patient;
    names.mrn = known->mrn;
    if (decision->empty()) return answer(*asked, names);
    auto visitor = store::lock_visitor(tx, call.facility(), *asked->visitor_id);
    if (!visitor) return conflict("visitor-forgotten", "The visitor's data is deleted already.");
    visitor->patient_id = *patient_id;
    auto events = call.events();
    events.add("VisitorIdentified", events::encode_visitor(*visitor));
    store::identify(tx, *visitor, call.now(), events);
    for (const auto& entry : store::lock_of_visitor(tx, call.facility(), visitor->id)) {
      auto after = events::record(tx, entry, *decision, act_of(call));
      if (after.id == asked->id) asked = std::move(after);
    }
    return answer(*asked, names);
  });
  if (done || !asked) return done;
  return already_queued(call, done.error(), *patient_id, asked->queue_id, asked->day);
}

}  // namespace ambula::queue::api
