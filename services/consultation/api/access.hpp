#pragma once

#include <ambula/service/call.hpp>

#include "consultation/domain/consultation.hpp"
#include "consultation/domain/prescription.hpp"
#include "consultation/store/consultations.hpp"

// Whose records the caller may see and write. The route's permission was checked before.
namespace ambula::consultation::api {

/// The doctor who asks; 403 `forbidden` for an account that is no doctor's.
Result<Uuid> own_doctor(const service::Call& call);

/// What a list shows to the caller.
store::Reader reader(const auth::Principal& principal);

/// A doctor: what they wrote and what concerns patients on their list, else 403 `not-on-your-list`.
/// A patient: their own, consultations once completed and prescriptions once issued, else 404.
Result<void> check_visible(service::Call& call, const domain::Consultation& consultation);
Result<void> check_visible(service::Call& call, const domain::Prescription& prescription);

/// Only who wrote it may change it: 403 `not-on-your-list`.
Result<void> check_author(const service::Call& call, const Uuid& doctor);

/// A list of one patient's: the doctor who asks has them on their list, else 403
/// `not-on-your-list`; a patient asks for themselves, else 404 like a patient who is not known.
Result<void> check_listing(service::Call& call, const std::optional<Uuid>& patient);

/// Whose days a list's dates are; UTC while the facility is not known here, and so has nothing
/// listed.
std::string zone_of(service::Call& call);

/// The page's cursor of lists in time; 400 when it is not of such a list.
Result<store::TimeCursor> time_cursor(const service::PageRequest& page);

/// The patient for the audit; nobody for a visitor.
std::vector<Uuid> patients_of(const std::optional<Uuid>& patient);
/// Adds a patient for the audit, once.
void add_patient(std::vector<Uuid>& patients, const std::optional<Uuid>& patient);

}  // namespace ambula::consultation::api
