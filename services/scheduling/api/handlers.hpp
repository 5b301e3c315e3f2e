#pragma once

#include <ambula/service/call.hpp>

// Every handler of this service; definition.cpp lists them with their paths.
namespace ambula::scheduling::api {

using service::Answer;
using service::Call;

// units.cpp
Result<Answer> list_departments(Call& call);
Result<Answer> create_department(Call& call);
Result<Answer> get_department(Call& call);
Result<Answer> update_department(Call& call);
Result<Answer> deactivate_department(Call& call);
Result<Answer> reactivate_department(Call& call);
Result<Answer> list_specialties(Call& call);
Result<Answer> create_specialty(Call& call);
Result<Answer> get_specialty(Call& call);
Result<Answer> update_specialty(Call& call);
Result<Answer> deactivate_specialty(Call& call);
Result<Answer> reactivate_specialty(Call& call);

// doctors.cpp
Result<Answer> list_doctors(Call& call);
Result<Answer> create_doctor(Call& call);
Result<Answer> get_doctor(Call& call);
Result<Answer> update_doctor(Call& call);
Result<Answer> delete_doctor(Call& call);
Result<Answer> deactivate_doctor(Call& call);
Result<Answer> reactivate_doctor(Call& call);

// availability.cpp
Result<Answer> get_availability(Call& call);
Result<Answer> put_availability(Call& call);
Result<Answer> list_exceptions(Call& call);
Result<Answer> create_exception(Call& call);
Result<Answer> delete_exception(Call& call);
/// A doctor turns out to be away: LEAVE, and a plan for the visits it strands [SCH-10].
Result<Answer> create_disruption(Call& call);

// holidays.cpp
Result<Answer> list_holidays(Call& call);
Result<Answer> create_holiday(Call& call);
Result<Answer> delete_holiday(Call& call);

// disruptions.cpp
Result<Answer> list_disruptions(Call& call);
Result<Answer> get_disruption(Call& call);
Result<Answer> apply_disruption(Call& call);
Result<Answer> close_disruption(Call& call);

// waiting_requests.cpp
Result<Answer> list_waiting_requests(Call& call);
Result<Answer> create_waiting_request(Call& call);
Result<Answer> get_waiting_request(Call& call);
Result<Answer> cancel_waiting_request(Call& call);

// slots.cpp
Result<Answer> search_slots(Call& call);
Result<Answer> doctor_slots(Call& call);

// appointments.cpp
Result<Answer> list_appointments(Call& call);
Result<Answer> get_appointment(Call& call);
Result<Answer> update_appointment(Call& call);
Result<Answer> check_in(Call& call);
Result<Answer> undo_check_in(Call& call);
Result<Answer> complete(Call& call);
Result<Answer> cancel(Call& call);
Result<Answer> no_show(Call& call);

// figures.cpp
Result<Answer> appointment_figures(Call& call);

// booking.cpp
Result<Answer> book_appointment(Call& call);
Result<Answer> reschedule(Call& call);
Result<Answer> reinstate(Call& call);

}  // namespace ambula::scheduling::api
