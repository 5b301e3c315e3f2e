#include "access.hpp"

namespace ambula::consultation::api {
namespace {

Error not_on_list() {
  return forbidden("not-on-your-list", "Doctors see and write what is theirs.");
}

/// `released`: the record is far enough for its patient to see it.
Result<void> check_visible(service::Call& call, std::string_view what, const Uuid& doctor,
                           const std::optional<Uuid>& patient, bool released) {
  const auto as = reader(call.principal());
  if (as.patient_id && patient == as.patient_id && released) return {};
  if (!call.principal().has_role(auth::Role::doctor)) return not_found(what);
  if (!as.doctor_id) return forbidden("forbidden", "The account belongs to no doctor.");
  if (*as.doctor_id == doctor) return {};
  if (patient &&
      store::is_on_list(call.session(), call.facility(), *as.doctor_id, call.now(), *patient))
    return {};
  return not_on_list();
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
  return check_visible(call, "consultation", consultation.doctor_id, consultation.patient_id,
                       consultation.status == domain::Status::completed);
}

Result<void> check_visible(service::Call& call, const domain::Prescription& prescription) {
  return check_visible(call, "prescription", prescription.doctor_id, prescription.patient_id,
                       prescription.issued_at.has_value());
}

Result<void> check_author(const service::Call& call, const Uuid& doctor) {
  const auto own = own_doctor(call);
  if (!own) return own.error();
  if (*own != doctor) return not_on_list();
  return {};
}

Result<store::TimeCursor> time_cursor(const service::PageRequest& page) {
  if (!page.after) return store::TimeCursor{};
  const auto at = parse_instant((*page.after)[0]);
  const auto id = Uuid::parse((*page.after)[1]);
  if (!at || !id)
    return Error{
        ErrorKind::malformed, "invalid-request", "The cursor is not of this list.", {}, {}};
  return store::TimeCursor{{*at, *id}};
}

std::vector<Uuid> patients_of(const std::optional<Uuid>& patient) {
  return patient ? std::vector{*patient} : std::vector<Uuid>{};
}

}  // namespace ambula::consultation::api
