#pragma once

#include <ambula/service/call.hpp>

#include "consultation/domain/consultation.hpp"

// Diagnosis codes of a note and the facility's list of them [CON-2].
namespace ambula::consultation::api {

/// Codes that `before` had not yet must be in the facility's list, where it loaded one: 422
/// `unknown-diagnosis-code`. A diagnosis without a text gets that of its code.
Result<void> complete_diagnoses(service::Call& call, db::Transaction& tx,
                                const domain::Note& before, domain::Note& note);

}  // namespace ambula::consultation::api
