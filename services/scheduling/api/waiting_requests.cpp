#include "scheduling/store/waiting_requests.hpp"

#include "codec.hpp"
#include "handlers.hpp"

// Patients who wait for a time to become free [SCH-10]. The job `serve-waiting` gives it to them.
namespace ambula::scheduling::api {
namespace {

const std::vector<std::string_view> waiting_statuses = {"OPEN", "SERVED", "CANCELLED", "EXPIRED"};

}  // namespace

Result<Answer> list_waiting_requests(Call& call) {
  auto query = call.query();
  store::WaitingFilter filter;
  if (const auto status = query.choice("status", waiting_statuses))
    filter.status = static_cast<domain::WaitingStatus>(*status);
  filter.doctor_id = query.uuid("doctor_id");
  filter.patient_id = query.uuid("patient_id");
  const auto page = query.page(1);
  if (auto fault = query.finish()) return *fault;
  std::optional<Uuid> after;
  if (page.after) after = Uuid::parse((*page.after)[0]);
  auto found =
      store::list_waiting_requests(call.session(), call.facility(), filter, after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (found.size() > static_cast<std::size_t>(page.limit)) {
    found.pop_back();
    next = service::Cursor{found.back().id.str()};
  }
  std::vector<std::string> items;
  std::vector<Uuid> patients;
  for (const auto& request : found) {
    items.push_back(encode(request));
    patients.push_back(request.patient_id);
  }
  return service::about(service::ok(service::page_body(items, next, page)), patients);
}

Result<Answer> create_waiting_request(Call& call) {
  const auto input = decode_waiting_request(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto request = *input;
    request.id = Uuid::make(call.now());
    request.facility_id = call.facility();
    request.record = {1, call.now(), call.actor(), call.now(), call.actor()};
    const auto able = check_waiting(request, store::waiting_facts(tx, request), call.now());
    if (!able) {
      if (able.error().code == "patient-not-found")
        return call.unknown("patient", request.patient_id);
      if (able.error().code == "doctor-not-found")
        return call.unknown("doctor", *request.doctor_id);
      return able.error();
    }
    store::insert(tx, request);
    return service::about(
        service::created("/v1/waiting-requests/" + request.id.str(), encode(request)),
        {request.patient_id});
  });
}

Result<Answer> get_waiting_request(Call& call) {
  const auto request = store::get_waiting_request(call.session(), call.facility(), call.id());
  if (!request) return not_found("waiting-request");
  return service::about(service::ok(encode(*request), request->record.version),
                        {request->patient_id});
}

Result<Answer> cancel_waiting_request(Call& call) {
  const auto reason = decode_optional_reason(call.body());
  if (!reason) return reason.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto request = store::lock_waiting_request(tx, call.facility(), call.id());
    if (!request) return not_found("waiting-request");
    if (auto current = call.check_version(request->record.version); !current)
      return current.error();
    if (auto open = check_cancel(*request); !open) return open.error();
    request->status = domain::WaitingStatus::cancelled;
    request->status_reason = *reason;
    request->record.updated_at = call.now();
    request->record.updated_by = call.actor();
    request->record.version = store::save(tx, *request);
    return service::about(service::ok(encode(*request), request->record.version),
                          {request->patient_id});
  });
}

}  // namespace ambula::scheduling::api
