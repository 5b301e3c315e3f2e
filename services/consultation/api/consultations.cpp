#include <algorithm>
#include <functional>

#include "access.hpp"
#include "codec.hpp"
#include "coding.hpp"
#include "consultation/store/prescriptions.hpp"
#include "handlers.hpp"
#include "writing.hpp"

// Seeing a patient: start, write, complete [CON-1, CON-2, CON-3, CON-10].
namespace ambula::consultation::api {
namespace {

const std::vector<std::string_view> consultation_statuses = {"DRAFT", "COMPLETED", "CANCELLED"};
constexpr int http_ok = 200;
constexpr int http_created = 201;

Answer answer_of(const domain::Consultation& consultation) {
  return service::about(service::ok(encode(consultation), consultation.version),
                        patients_of(consultation.patient_id));
}

/// The consultation, locked, if the caller wrote it and knows its present version.
Result<store::Locked> lock_own(Call& call, db::Transaction& tx) {
  if (auto own = own_doctor(call); !own) return own.error();
  auto locked = store::lock(tx, call.facility(), call.id());
  if (!locked) return not_found("consultation");
  if (auto author = check_author(call, locked->consultation.doctor_id); !author)
    return author.error();
  if (auto current = call.check_version(locked->consultation.version); !current)
    return current.error();
  return *std::move(locked);
}

using Decide =
    std::function<Result<domain::Decision>(const domain::Consultation& state, db::Transaction& tx)>;

/// The course of the plain commands: lock, author, version, decide, record, answer.
Result<Answer> command(Call& call, const Decide& decide, int status = http_ok) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto locked = lock_own(call, tx);
    if (!locked) return locked.error();
    auto& consultation = locked->consultation;
    const auto decision = decide(consultation, tx);
    if (!decision) return decision.error();
    events::record(tx, consultation, *decision, act(call));
    auto answer = answer_of(consultation);
    answer.status = status;
    if (status == http_created) answer.location = "/v1/consultations/" + consultation.id.str();
    return answer;
  });
}

std::optional<domain::Visit> find_visit(Call& call, db::Transaction& tx, const StartInput& input) {
  if (input.appointment_id)
    return store::visit_of_appointment(tx, call.facility(), *input.appointment_id);
  return store::visit_of_entry(tx, call.facility(), *input.queue_entry_id);
}

Error unknown_visit(Call& call, const StartInput& input) {
  if (input.appointment_id) return call.unknown("appointment", *input.appointment_id);
  return call.unknown("queue-entry", *input.queue_entry_id);
}

/// Whose it is when it starts; a take-over moves it right after.
domain::Consultation new_consultation(const Call& call, const domain::Visit& visit,
                                      const Uuid& doctor) {
  domain::Consultation consultation;
  consultation.id = Uuid::make(call.now());
  consultation.facility_id = call.facility();
  consultation.patient_id = visit.patient_id;
  consultation.visitor_id = visit.visitor_id;
  consultation.doctor_id = visit.doctor_id.value_or(doctor);
  consultation.appointment_id = visit.appointment_id;
  consultation.queue_entry_id = visit.queue_entry_id;
  return consultation;
}

/// Issues the drafts and writes what came with the completion; the consultation then knows their
/// ids.
Result<void> issue_all(Call& call, db::Transaction& tx, domain::Consultation& consultation,
                       const domain::Rules& rules, const CompletionInput& input) {
  for (auto& draft : store::lock_drafts(tx, call.facility(), consultation.id)) {
    const auto decision = decide(draft, domain::Issue{});
    if (!decision) return decision.error();
    events::record(tx, draft, *decision, rules, act(call));
    consultation.issued.push_back(draft.id);
  }
  for (const auto& one : input.prescriptions) {
    const auto written = write_prescription(call, tx, consultation, rules, one, true);
    if (!written) return written.error();
    consultation.prescriptions.push_back(written->id);
    consultation.issued.push_back(written->id);
  }
  std::ranges::sort(consultation.issued);
  return {};
}

void cancel_drafts(Call& call, db::Transaction& tx, const store::Locked& locked,
                   const std::string& reason) {
  for (auto& draft : store::lock_drafts(tx, call.facility(), locked.consultation.id)) {
    const auto decision = decide(draft, domain::CancelPrescription{reason});
    if (decision) {
      events::record(tx, draft, *decision, locked.rules.value_or(domain::Rules{}), act(call));
    }
  }
}

store::ListFilter read_filter(Call& call, service::Query& query) {
  const auto period = query.period([&call] { return zone_of(call); });
  store::ListFilter filter{.patient_id = query.uuid("patient_id"),
                           .doctor_id = query.uuid("doctor_id"),
                           .appointment_id = query.uuid("appointment_id"),
                           .queue_entry_id = query.uuid("queue_entry_id"),
                           .status = std::nullopt,
                           .from = period.from,
                           .to = period.to};
  if (const auto status = query.choice("status", consultation_statuses))
    filter.status = static_cast<domain::Status>(*status);
  return filter;
}

}  // namespace

Result<Answer> list_consultations(Call& call) {
  auto query = call.query();
  auto filter = read_filter(call, query);
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  if (auto may = check_listing(call, filter.patient_id); !may) return may.error();
  // Their own index, not the facility's whole list.
  if (call.principal().is_patient_only()) filter.patient_id = reader(call.principal()).patient_id;
  const auto after = time_cursor(page);
  if (!after) return after.error();
  auto found = store::list(call.session(), call.facility(), filter, reader(call.principal()),
                           call.now(), *after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (found.size() > static_cast<std::size_t>(page.limit)) {
    found.pop_back();
    next = service::Cursor{format_instant(found.back().started_at), found.back().id.str()};
  }
  std::vector<std::string> items;
  std::vector<Uuid> patients;
  for (const auto& one : found) {
    items.push_back(encode(one, call.principal().is_patient_only()));
    add_patient(patients, one.patient_id);
  }
  return service::about(service::ok(service::page_body(items, next, page)), std::move(patients));
}

Result<Answer> start_consultation(Call& call) {
  const auto doctor = own_doctor(call);
  if (!doctor) return doctor.error();
  const auto input = decode_start(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto visit = find_visit(call, tx, *input);
    if (!visit) return unknown_visit(call, *input);
    const auto decision = decide(*visit, domain::Start{*doctor, input->take_over});
    if (!decision) return decision.error();
    auto consultation = new_consultation(call, *visit, *doctor);
    if (!events::record_new(tx, consultation, *decision, act(call))) {
      // Somebody started it between our look and our insert; it is committed now, so it can be
      // named.
      const auto now = find_visit(call, tx, *input);
      if (now && now->live_consultation)
        return domain::consultation_exists(*now->live_consultation);
      return Error{ErrorKind::unavailable, "contended",
                   "The visit changes at this moment; try again."};
    }
    return service::about(
        service::created("/v1/consultations/" + consultation.id.str(), encode(consultation)),
        patients_of(consultation.patient_id));
  });
}

Result<Answer> get_consultation(Call& call) {
  const auto consultation = store::get(call.session(), call.facility(), call.id());
  if (!consultation) return not_found("consultation");
  if (auto visible = check_visible(call, *consultation); !visible) return visible.error();
  return service::about(
      service::ok(encode(*consultation, call.principal().is_patient_only()), consultation->version),
      patients_of(consultation->patient_id));
}

Result<Answer> update_consultation(Call& call) {
  return command(
      call,
      [&](const domain::Consultation& state, db::Transaction& tx) -> Result<domain::Decision> {
        domain::SaveNote save{state.note};
        if (auto changed = patch_note(call.body(), save.note); !changed) return changed.error();
        auto decision = decide(state, save);
        if (!decision) return decision;
        auto& note = *decision->front().note;
        if (auto coded = complete_diagnoses(call, tx, state.note, note); !coded)
          return coded.error();
        return decision;
      });
}

/// The note, its prescriptions and their events: all of it or nothing.
Result<Answer> complete_consultation(Call& call) {
  const auto input = decode_completion(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto locked = lock_own(call, tx);
    if (!locked) return locked.error();
    auto& consultation = locked->consultation;
    const auto decision = decide(consultation, domain::Complete{input->no_diagnosis_reason});
    if (!decision) return decision.error();
    if (!locked->rules) return call.unknown("facility", call.facility());
    if (auto issued = issue_all(call, tx, consultation, *locked->rules, *input); !issued)
      return issued.error();
    events::record(tx, consultation, *decision, act(call));
    return answer_of(consultation);
  });
}

Result<Answer> cancel_consultation(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto locked = lock_own(call, tx);
    if (!locked) return locked.error();
    const auto decision = decide(locked->consultation, domain::Cancel{*reason});
    if (!decision) return decision.error();
    cancel_drafts(call, tx, *locked, *reason);
    events::record(tx, locked->consultation, *decision, act(call));
    return answer_of(locked->consultation);
  });
}

Result<Answer> add_addendum(Call& call) {
  const auto text = decode_addendum(call.body());
  if (!text) return text.error();
  const auto amend = [&](const domain::Consultation& state, db::Transaction&) {
    return decide(state, domain::Amend{{Uuid::make(call.now()), *text, call.now(), call.actor()}});
  };
  return command(call, amend, http_created);
}

}  // namespace ambula::consultation::api
