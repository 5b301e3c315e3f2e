#pragma once

#include <ambula/service/call.hpp>

// Every handler of this service; definition.cpp lists them with their paths.
namespace ambula::patient::api {

using service::Answer;
using service::Call;

// patients.cpp
Result<Answer> list_patients(Call& call);
Result<Answer> register_patient(Call& call);
Result<Answer> get_patient(Call& call);
Result<Answer> update_patient(Call& call);
Result<Answer> deactivate_patient(Call& call);
Result<Answer> reactivate_patient(Call& call);

// history.cpp
Result<Answer> list_history(Call& call);

}  // namespace ambula::patient::api
