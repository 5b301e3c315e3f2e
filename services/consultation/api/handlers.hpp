#pragma once

#include <ambula/service/call.hpp>

// Every handler of this service; definition.cpp lists them with their paths.
namespace ambula::consultation::api {

using service::Answer;
using service::Call;

// consultations.cpp
Result<Answer> list_consultations(Call& call);
Result<Answer> start_consultation(Call& call);
Result<Answer> get_consultation(Call& call);
Result<Answer> update_consultation(Call& call);
Result<Answer> complete_consultation(Call& call);
Result<Answer> cancel_consultation(Call& call);
Result<Answer> add_addendum(Call& call);

// prescriptions.cpp
Result<Answer> list_prescriptions(Call& call);
Result<Answer> create_prescription(Call& call);
Result<Answer> get_prescription(Call& call);
Result<Answer> update_prescription(Call& call);
Result<Answer> issue_prescription(Call& call);
Result<Answer> cancel_prescription(Call& call);

// coding.cpp
Result<Answer> find_diagnosis_codes(Call& call);

// day.cpp
Result<Answer> doctor_day(Call& call);
Result<Answer> consultation_figures(Call& call);

// document.cpp
Result<Answer> prescription_document(Call& call);

}  // namespace ambula::consultation::api
