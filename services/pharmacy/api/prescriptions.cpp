#include "codec.hpp"
#include "counter.hpp"
#include "handlers.hpp"
#include "pharmacy/events/reaction.hpp"

// The work list, and the verbs that hand nothing over [PHA-1, PHA-3].
namespace ambula::pharmacy::api {
namespace {

const std::vector<std::string_view> status_names = {"ISSUED",  "ON_HOLD",   "COMPLETED",
                                                    "STOPPED", "CANCELLED", "EXPIRED"};
const std::vector<std::string_view> fulfilment_names = {"NONE", "RESERVED", "PARTIAL",
                                                        "FULL", "SHORT",    "DECLINED"};

using Decide =
    std::function<Result<domain::Decision>(const domain::Prescription& state, Date today)>;

/// Lock, version, decide, save with events, answer the new state.
Result<Answer> command(Call& call, const Decide& decide) {
  const auto here = scene(call);
  if (!here) return here.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto locked = lock_prescription(call, tx);
    if (!locked) return locked.error();
    const auto decision = decide(locked->state, here->today);
    if (!decision) return decision.error();
    events::apply(tx, locked->state, *decision, call.events(), call.now(), call.actor());
    const auto view = store::view(tx, call.facility(), call.id(), here->today);
    return service::about(service::ok(encode(*view), view->prescription.record.version),
                          patient_of(view->prescription.patient_id));
  });
}

store::ListFilter filter_of(Call& call, service::Query& query) {
  store::ListFilter filter;
  filter.pending = query.boolean("pending");
  if (const auto status = query.choice("status", status_names))
    filter.status = static_cast<domain::Status>(*status);
  if (const auto fulfilment = query.choice("fulfilment", fulfilment_names))
    filter.fulfilment = static_cast<domain::Fulfilment>(*fulfilment);
  filter.q = query.text("q");
  const auto period = query.period([&call] { return zone_of(call); });
  filter.from = period.from;
  filter.to = period.to;
  return filter;
}

/// A line for each item.
void add_lines(service::CsvLines& lines, const store::View& view) {
  const auto& p = view.prescription;
  for (const auto& item : p.items) {
    lines.push_back({p.number, format_instant(p.issued_at), std::string(to_string(p.status)),
                     std::string(to_string(p.fulfilment)), view.patient_name.value_or(""),
                     view.mrn.value_or(""), view.doctor_name.value_or(""), item.name,
                     item.strength.value_or(""), item.form.value_or(""),
                     std::to_string(item.quantity), std::to_string(item.dispensed),
                     std::to_string(item.remaining()), p.reason.value_or("")});
  }
}

Answer as_csv(const Call& call, const store::ListFilter& filter, Date today) {
  return csv_of<store::After>(
      "prescriptions.csv",
      {"number", "issued_at", "status", "fulfilment", "patient", "mrn", "doctor", "medicine",
       "strength", "form", "prescribed", "dispensed", "remaining", "reason"},
      [facility = call.facility(), filter, today](db::Session& session, const store::After& after,
                                                  int limit) {
        return store::list(session, facility, today, filter, after, limit);
      },
      add_lines,
      [](const store::View& view) {
        return store::After{{view.prescription.issued_at, view.prescription.id}};
      });
}

}  // namespace

Result<Answer> list_pharmacy_prescriptions(Call& call) {
  auto query = call.query();
  const auto filter = filter_of(call, query);
  const bool csv = query.csv();
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  const auto after = after_of(page);
  if (!after) return after.error();
  const auto here = scene(call);
  if (!here) return here.error();
  if (csv) return as_csv(call, filter, here->today);
  const auto views =
      store::list(call.session(), call.facility(), here->today, filter, *after, page.limit + 1);
  auto body = page_of(
      views, page, [](const store::View& view) { return encode(view); },
      [](const store::View& view) {
        return service::Cursor{format_instant(view.prescription.issued_at),
                               view.prescription.id.str()};
      });
  std::vector<Uuid> patients;
  for (const auto& view : views)
    add_patient(patients, view.prescription.patient_id);
  return service::about(service::ok(std::move(body)), std::move(patients));
}

Result<Answer> get_pharmacy_prescription(Call& call) {
  const auto here = scene(call);
  if (!here) return here.error();
  const auto view = store::view(call.session(), call.facility(), call.id(), here->today);
  if (!view) return not_found("prescription");
  return service::about(service::ok(encode(*view), view->prescription.record.version),
                        patient_of(view->prescription.patient_id));
}

Result<Answer> release_prescription(Call& call) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, [](const domain::Prescription& state, Date) {
    return decide(state, domain::ReleaseReservation{});
  });
}

Result<Answer> ready_prescription(Call& call) {
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, [](const domain::Prescription& state, Date today) {
    return decide(state, domain::MakeReady{}, today);
  });
}

Result<Answer> decline_prescription(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return command(call, [&](const domain::Prescription& state, Date) {
    return decide(state, domain::Decline{*reason});
  });
}

Result<Answer> hold_prescription(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return command(call, [&](const domain::Prescription& state, Date) {
    return decide(state, domain::Hold{*reason});
  });
}

Result<Answer> resume_prescription(Call& call) {
  const auto answer = decode_optional_reason(call.body());
  if (!answer) return answer.error();
  return command(call, [&](const domain::Prescription& state, Date) {
    return decide(state, domain::Resume{*answer});
  });
}

Result<Answer> close_prescription(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return command(call, [&](const domain::Prescription& state, Date) {
    return decide(state, domain::Close{*reason});
  });
}

}  // namespace ambula::pharmacy::api
