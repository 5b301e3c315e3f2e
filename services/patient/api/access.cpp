#include "access.hpp"

#include "patient/store/patients.hpp"

namespace ambula::patient::api {
namespace {

using auth::Role;

bool is_desk(const auth::Principal& principal) {
  return principal.has_role(Role::receptionist) || principal.has_role(Role::admin);
}

bool is_own(const auth::Principal& principal, const Uuid& patient) {
  return principal.has_role(Role::patient) && principal.patient_id == patient;
}

bool is_on_own_list(service::Call& call, const Uuid& patient) {
  const auto& principal = call.principal();
  if (!principal.has_role(Role::doctor) || !principal.doctor_id) return false;
  return store::is_on_list(call.session(), call.facility(), *principal.doctor_id, call.now(),
                           patient);
}

/// A doctor is told that there is something; to anybody else it does not exist.
Error unseen(const auth::Principal& principal) {
  if (principal.has_role(Role::doctor)) {
    return forbidden("not-on-your-list", "The patient is not on your list.");
  }
  return not_found("patient");
}

}  // namespace

Reach reach(const auth::Principal& principal) {
  if (is_desk(principal) || principal.has_role(Role::nurse)) return {};
  if (principal.has_role(Role::pharmacist)) return {Sight::reduced, {}, {}};
  if (principal.has_role(Role::doctor)) {
    return {Sight::full, principal.doctor_id.value_or(Uuid{}), {}};
  }
  return {Sight::own, {}, principal.patient_id.value_or(Uuid{})};
}

Result<Sight> sight_of(service::Call& call, const Uuid& patient) {
  const auto& principal = call.principal();
  if (is_desk(principal) || principal.has_role(Role::nurse)) return Sight::full;
  if (is_on_own_list(call, patient)) return Sight::full;
  if (is_own(principal, patient)) return Sight::own;
  if (principal.has_role(Role::pharmacist)) return Sight::reduced;
  return unseen(principal);
}

Result<Sight> may_change(const service::Call& call, const Uuid& patient) {
  if (is_desk(call.principal())) return Sight::full;
  if (is_own(call.principal(), patient)) return Sight::own;
  return not_found("patient");
}

Result<void> may_read_clinical(service::Call& call, const Uuid& patient) {
  if (is_own(call.principal(), patient)) return {};
  return may_write_clinical(call, patient);
}

Result<void> may_write_clinical(service::Call& call, const Uuid& patient) {
  if (call.principal().has_role(Role::nurse) || is_on_own_list(call, patient)) return {};
  return unseen(call.principal());
}

Result<std::vector<domain::Kind>> kinds_for(service::Call& call, const Uuid& patient) {
  using enum domain::Kind;
  const auto& principal = call.principal();
  if (may_read_clinical(call, patient)) {
    return std::vector{appointment, queue_entry, consultation, prescription, dispense};
  }
  if (is_desk(principal)) return std::vector{appointment, queue_entry};
  return unseen(principal);
}

}  // namespace ambula::patient::api
