#pragma once

#include <ambula/service/call.hpp>

// Every handler of this service; definition.cpp lists them with their paths.
namespace ambula::patient::api {

using service::Answer;
using service::Call;

// search.cpp
Result<Answer> list_patients(Call& call);
Result<Answer> suggest_patients(Call& call);

// patients.cpp
Result<Answer> register_patient(Call& call);
Result<Answer> get_patient(Call& call);
Result<Answer> update_patient(Call& call);
Result<Answer> delete_patient(Call& call);
Result<Answer> deactivate_patient(Call& call);
Result<Answer> reactivate_patient(Call& call);
Result<Answer> get_preferences(Call& call);
Result<Answer> put_preferences(Call& call);

// history.cpp
Result<Answer> list_history(Call& call);

// clinical_items.cpp
Result<Answer> list_allergies(Call& call);
Result<Answer> note_allergy(Call& call);
Result<Answer> get_allergy(Call& call);
Result<Answer> void_allergy(Call& call);
Result<Answer> list_conditions(Call& call);
Result<Answer> note_condition(Call& call);
Result<Answer> get_condition(Call& call);
Result<Answer> void_condition(Call& call);

// bindings.cpp
Result<Answer> invite_patient(Call& call);
Result<Answer> list_patient_bindings(Call& call);

}  // namespace ambula::patient::api
