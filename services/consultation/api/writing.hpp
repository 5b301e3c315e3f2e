#pragma once

#include <ambula/service/call.hpp>

#include "codec.hpp"
#include "consultation/events/record.hpp"

// How prescriptions come into being; alone or with a completion.
namespace ambula::consultation::api {

/// Who does what when, for events::record.
events::Act act(const service::Call& call);

/// What may stand on this prescription: each item gets an id, the name of its medicine, and no
/// other prescription is replaced than one of the same person. Refusals: a medicine that is not
/// known (404 or wait) or no longer given (409 `medicine-inactive`), a foreign `replaces` (422
/// `unknown-prescription`).
Result<void> check_content(service::Call& call, db::Transaction& tx,
                           const domain::Prescription& prescription, domain::Content& content);

/// Writes a prescription of this locked consultation: as a draft, or issued at once. Refusals
/// as of `check_content`.
Result<domain::Prescription> write_prescription(service::Call& call, db::Transaction& tx,
                                                const domain::Consultation& consultation,
                                                const domain::Rules& rules,
                                                const PrescriptionInput& input, bool issued);

}  // namespace ambula::consultation::api
