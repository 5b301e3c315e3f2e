#include <algorithm>

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
    auto locked = lock(call, tx);
    if (!locked) return locked.error();
    const auto decision = decide(locked->state, here->today);
    if (!decision) return decision.error();
    events::apply(tx, locked->state, *decision, call.events(), call.now(), call.actor());
    const auto view = store::view(tx, call.facility(), call.id(), here->today);
    return service::about(service::ok(encode(*view), view->prescription.record.version),
                          patient_of(view->prescription.patient_id));
  });
}

std::vector<Uuid> patients_of(const std::vector<store::View>& views) {
  std::vector<Uuid> patients;
  for (const auto& view : views) {
    const auto& patient = view.prescription.patient_id;
    if (patient && std::find(patients.begin(), patients.end(), *patient) == patients.end()) {
      patients.push_back(*patient);
    }
  }
  return patients;
}

}  // namespace

Result<Answer> list_pharmacy_prescriptions(Call& call) {
  auto query = call.query();
  store::ListFilter filter;
  filter.pending = query.boolean("pending");
  if (const auto status = query.choice("status", status_names))
    filter.status = static_cast<domain::Status>(*status);
  if (const auto fulfilment = query.choice("fulfilment", fulfilment_names)) {
    filter.fulfilment = static_cast<domain::Fulfilment>(*fulfilment);
  }
  filter.q = query.text("q");
  filter.from = query.instant("from");
  filter.to = query.instant("to");
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  const auto after = after_of(page);
  if (!after) return after.error();
  const auto here = scene(call);
  if (!here) return here.error();
  auto views =
      store::list(call.session(), call.facility(), here->today, filter, *after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (views.size() > static_cast<std::size_t>(page.limit)) {
    views.pop_back();
    const auto& last = views.back().prescription;
    next = service::Cursor{format_instant(last.issued_at), last.id.str()};
  }
  std::vector<std::string> items;
  for (const auto& view : views)
    items.push_back(encode(view));
  return service::about(service::ok(service::page_body(items, next)), patients_of(views));
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
  if (auto body = decode_nothing(call.body()); !body) return body.error();
  return command(call, [](const domain::Prescription& state, Date) {
    return decide(state, domain::Resume{});
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
