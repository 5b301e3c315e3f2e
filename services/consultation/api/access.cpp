#include "access.hpp"

#include <algorithm>

#include "consultation/store/day.hpp"

namespace ambula::consultation::api {
namespace {

Error not_on_list() {
  return forbidden("not-on-your-list", "Doctors see and write what is theirs.");
}

/// `released`: the record is far enough for its patient to see it.
template <class Record>
Result<void> check_record(service::Call& call, std::string_view what, const Record& record,
                          bool released) {
  const auto as = reader(call.principal());
  if (as.patient_id && record.patient_id == as.patient_id && released) return {};
  if (!call.principal().has_role(auth::Role::doctor)) return not_found(what);
  if (!as.doctor_id) return forbidden("forbidden", "The account belongs to no doctor.");
  if (*as.doctor_id == record.doctor_id) return {};
  const bool on_list = store::is_on_list(call.session(), call.facility(), *as.doctor_id, call.now(),
                                         record.patient_id, record.visitor_id);
  return on_list ? Result<void>{} : not_on_list();
}

}  // namespace

Result<Uuid> own_doctor(const service::Call& call) {
  const auto& principal = call.principal();
  if (!principal.has_role(auth::Role::doctor) || !principal.doctor_id) {
    return forbidden("forbidden", "The account belongs to no doctor.");
  }
  return *principal.doctor_id;
}

store::Reader reader(const auth::Principal& principal) {
  store::Reader as;
  if (principal.has_role(auth::Role::doctor)) as.doctor_id = principal.doctor_id;
  if (principal.has_role(auth::Role::patient)) as.patient_id = principal.patient_id;
  return as;
}

Result<void> check_visible(service::Call& call, const domain::Consultation& consultation) {
  return check_record(call, "consultation", consultation,
                      consultation.status == domain::Status::completed);
}

Result<void> check_visible(service::Call& call, const domain::Prescription& prescription) {
  return check_record(call, "prescription", prescription, prescription.issued_at.has_value());
}

Result<void> check_author(const service::Call& call, const Uuid& doctor) {
  const auto own = own_doctor(call);
  if (!own) return own.error();
  if (*own != doctor) return not_on_list();
  return {};
}

Result<void> check_listing(service::Call& call, const std::optional<Uuid>& patient) {
  const auto as = reader(call.principal());
  if (!patient || patient == as.patient_id) return {};
  if (!call.principal().has_role(auth::Role::doctor)) return not_found("patient");
  if (!as.doctor_id) return forbidden("forbidden", "The account belongs to no doctor.");
  if (store::is_on_list(call.session(), call.facility(), *as.doctor_id, call.now(), patient, {}))
    return {};
  if (!store::knows_patient(call.session(), call.facility(), *patient))
    return call.unknown("patient", *patient);
  return not_on_list();
}

Result<store::TimeCursor> time_cursor(const service::PageRequest& page) {
  if (!page.after) return store::TimeCursor{};
  const auto at = parse_instant((*page.after)[0]);
  const auto id = Uuid::parse((*page.after)[1]);
  if (!at || !id)
    return Error{ErrorKind::malformed, "invalid-request", "The cursor is not of this list."};
  return store::TimeCursor{{*at, *id}};
}

std::vector<Uuid> patients_of(const std::optional<Uuid>& patient) {
  return patient ? std::vector{*patient} : std::vector<Uuid>{};
}

void add_patient(std::vector<Uuid>& patients, const std::optional<Uuid>& patient) {
  if (patient && std::ranges::find(patients, *patient) == patients.end())
    patients.push_back(*patient);
}

std::string zone_of(service::Call& call) {
  return store::zone(call.session(), call.facility()).value_or("UTC");
}

}  // namespace ambula::consultation::api
