#include "consultation/store/prescriptions.hpp"

#include <algorithm>
#include <functional>

#include "access.hpp"
#include "codec.hpp"
#include "handlers.hpp"
#include "writing.hpp"

// Prescriptions: draft, edit, issue, cancel [CON-4, CON-6, CON-10].
namespace ambula::consultation::api {
namespace {

const std::vector<std::string_view> prescription_statuses = {
    "DRAFT", "ISSUED", "ON_HOLD", "COMPLETED", "STOPPED", "CANCELLED", "EXPIRED"};

Answer answer_of(const domain::Prescription& prescription) {
  return service::about(service::ok(encode(prescription), prescription.version),
                        patients_of(prescription.patient_id));
}

using RxDecide = std::function<Result<domain::RxDecision>(const domain::Prescription& state,
                                                          db::Transaction& tx)>;

/// The course of every command on a prescription: lock, prescriber, version, decide, record,
/// answer.
Result<Answer> command(Call& call, const RxDecide& decide) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    if (auto own = own_doctor(call); !own) return own.error();
    auto locked = store::lock_prescription(tx, call.facility(), call.id());
    if (!locked) return not_found("prescription");
    auto& prescription = locked->prescription;
    if (auto author = check_author(call, prescription.doctor_id); !author) return author.error();
    if (auto current = call.check_version(prescription.version); !current) return current.error();
    const auto decision = decide(prescription, tx);
    if (!decision) return decision.error();
    if (!locked->rules) return call.unknown("facility", call.facility());
    events::record(tx, prescription, *decision, *locked->rules, act(call));
    return answer_of(prescription);
  });
}

store::PrescriptionFilter read_prescription_filter(Call& call, service::Query& query) {
  const auto period = query.period([&call] { return zone_of(call); });
  store::PrescriptionFilter filter{.patient_id = query.uuid("patient_id"),
                                   .doctor_id = query.uuid("doctor_id"),
                                   .consultation_id = query.uuid("consultation_id"),
                                   .status = std::nullopt,
                                   .from = period.from,
                                   .to = period.to};
  if (const auto status = query.choice("status", prescription_statuses))
    filter.status = static_cast<domain::RxStatus>(*status);
  return filter;
}

}  // namespace

Result<Answer> list_prescriptions(Call& call) {
  auto query = call.query();
  auto filter = read_prescription_filter(call, query);
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
    next = service::Cursor{format_instant(found.back().created_at), found.back().id.str()};
  }
  std::vector<std::string> items;
  std::vector<Uuid> patients;
  for (const auto& one : found) {
    items.push_back(encode(one));
    add_patient(patients, one.patient_id);
  }
  return service::about(service::ok(service::page_body(items, next, page)), std::move(patients));
}

Result<Answer> create_prescription(Call& call) {
  if (auto own = own_doctor(call); !own) return own.error();
  const auto input = decode_prescription(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = store::lock(tx, call.facility(), *input->consultation_id);
    if (!locked) return not_found("consultation");
    const auto& consultation = locked->consultation;
    if (auto author = check_author(call, consultation.doctor_id); !author) return author.error();
    if (auto may = domain::check_prescribing(consultation); !may) return may.error();
    if (!locked->rules) return call.unknown("facility", call.facility());
    const auto written = write_prescription(call, tx, consultation, *locked->rules, *input, false);
    if (!written) return written.error();
    return service::about(
        service::created("/v1/prescriptions/" + written->id.str(), encode(*written)),
        patients_of(written->patient_id));
  });
}

Result<Answer> get_prescription(Call& call) {
  const auto prescription = store::get_prescription(call.session(), call.facility(), call.id());
  if (!prescription) return not_found("prescription");
  if (auto visible = check_visible(call, *prescription); !visible) return visible.error();
  return answer_of(*prescription);
}

Result<Answer> update_prescription(Call& call) {
  const auto edit = [&](const domain::Prescription& state,
                        db::Transaction& tx) -> Result<domain::RxDecision> {
    domain::Edit edited{{state.replaces, state.items, state.notes}};
    if (auto changed = patch_prescription(call.body(), edited.content); !changed)
      return changed.error();
    auto decision = decide(state, edited);
    if (!decision) return decision;
    auto& content = *decision->front().content;
    if (auto checked = check_content(call, tx, state, content); !checked) return checked.error();
    return decision;
  };
  return command(call, edit);
}

Result<Answer> issue_prescription(Call& call) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, [](const domain::Prescription& state, db::Transaction&) {
    return decide(state, domain::Issue{});
  });
}

Result<Answer> cancel_prescription(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return command(call, [&](const domain::Prescription& state, db::Transaction&) {
    return decide(state, domain::CancelPrescription{*reason});
  });
}

}  // namespace ambula::consultation::api
