#include <algorithm>

#include <ambula/auth/password.hpp>
#include <ambula/base/zone.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "queue/events/codec.hpp"
#include "turns.hpp"

// Walk-ins of registered patients, and reading entries [QUE-1].
namespace ambula::queue::api {
namespace {

constexpr int tracking_token_bytes = 18;

const std::vector<std::string_view> status_names = {"WAITING", "CALLED",    "IN_SERVICE",
                                                    "ON_HOLD", "COMPLETED", "TRANSFERRED",
                                                    "LEFT",    "NO_SHOW",   "CANCELLED"};

std::vector<Uuid> patients_of(const std::vector<domain::Entry>& entries) {
  std::vector<Uuid> patients;
  for (const auto& entry : entries) {
    if (entry.patient_id &&
        std::find(patients.begin(), patients.end(), *entry.patient_id) == patients.end()) {
      patients.push_back(*entry.patient_id);
    }
  }
  return patients;
}

const store::Patient* find(const std::vector<store::Patient>& patients,
                           const std::optional<Uuid>& id) {
  for (const auto& patient : patients) {
    if (patient.id == id) return &patient;
  }
  return nullptr;
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
  entry.queue_id = queue.id;
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

/// Patient and doctor must be known and active.
Result<store::Patient> check_people(Call& call, const EntryInput& input) {
  auto patients = store::patients(call.session(), call.facility(), {input.patient_id});
  if (patients.empty()) return call.unknown("patient", input.patient_id);
  if (!patients.front().active)
    return conflict("patient-inactive", "The patient's record is not active.");
  if (input.doctor_id) {
    const auto doctor = store::doctor(call.session(), call.facility(), *input.doctor_id);
    if (!doctor) return call.unknown("doctor", *input.doctor_id);
    if (!doctor->active) return conflict("doctor-inactive", "The doctor is not active.");
  }
  return std::move(patients.front());
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
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  if (auto narrowed = narrow(call, filter); !narrowed) return narrowed.error();
  std::optional<std::pair<Instant, Uuid>> after;
  if (page.after) {
    const auto at = parse_instant((*page.after)[0]);
    if (!at)
      return Error{
          ErrorKind::malformed, "invalid-request", "The cursor is not of this list.", {}, {}};
    after = {*at, Uuid::parse((*page.after)[1]).value_or(Uuid{})};
  }
  auto entries = store::list(call.session(), call.facility(), filter, after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (entries.size() > static_cast<std::size_t>(page.limit)) {
    entries.pop_back();
    next = service::Cursor{format_instant(entries.back().created_at), entries.back().id.str()};
  }
  const auto ids = patients_of(entries);
  const auto patients = store::patients(call.session(), call.facility(), ids);
  std::vector<std::string> items;
  for (const auto& entry : entries)
    items.push_back(encode(entry, find(patients, entry.patient_id)));
  return service::about(service::ok(service::page_body(items, next)), ids);
}

Result<Answer> get_entry(Call& call) {
  const auto entry = store::get(call.session(), call.facility(), call.id());
  if (!entry) return not_found("queue-entry");
  if (call.principal().is_patient_only() && call.principal().patient_id != entry->patient_id) {
    return not_found("queue-entry");
  }
  if (auto visible = check_visible(call, *entry); !visible) return visible.error();
  const auto ids = patients_of({*entry});
  const auto patients = store::patients(call.session(), call.facility(), ids);
  return service::about(
      service::ok(encode(*entry, find(patients, entry->patient_id)), entry->version), ids);
}

Result<Answer> create_entry(Call& call) {
  const auto input = decode_entry(call.body());
  if (!input) return input.error();
  const auto queue = store::get_queue(call.session(), call.facility(), input->queue_id);
  if (!queue) return call.unknown("queue", input->queue_id);
  const auto settings = store::settings(call.session(), call.facility());
  if (!settings) return call.unknown("facility", call.facility());
  const auto patient = check_people(call, *input);
  if (!patient) return patient.error();
  const auto today = local_date(settings->zone, call.now());

  auto answer = call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto entry = new_entry(call, *input, *queue, today);
    entry.ticket.number = store::next_ticket(tx, entry.facility_id, queue->id, today);
    entry.ticket.label = queue->code + "-" + std::to_string(entry.ticket.number);
    store::insert(tx, entry, queue->id, [&](std::int64_t change) {
      auto events = call.events();
      events.add("QueueEntryCreated", events::encode_entry(entry, change));
      return events;
    });
    return service::about(
        service::created("/v1/queue-entries/" + entry.id.str(), encode(entry, &*patient)),
        {input->patient_id});
  });
  if (answer || answer.error().code != "already-queued") return answer;
  const auto open =
      store::open_walk_in(call.session(), call.facility(), input->patient_id, queue->id, today);
  if (!open) return answer;
  return Error(answer.error()).with("queue_entry_id", open->str());
}

}  // namespace ambula::queue::api
