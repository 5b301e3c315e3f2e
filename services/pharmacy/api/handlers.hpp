#pragma once

#include <ambula/service/call.hpp>

// Every handler of this service; definition.cpp lists them with their paths.
namespace ambula::pharmacy::api {

using service::Answer;
using service::Call;

// prescriptions.cpp
Result<Answer> list_pharmacy_prescriptions(Call& call);
Result<Answer> get_pharmacy_prescription(Call& call);
Result<Answer> release_prescription(Call& call);
Result<Answer> ready_prescription(Call& call);
Result<Answer> decline_prescription(Call& call);
Result<Answer> hold_prescription(Call& call);
Result<Answer> resume_prescription(Call& call);
Result<Answer> close_prescription(Call& call);

// handing_over.cpp
Result<Answer> validate_prescription(Call& call);
Result<Answer> dispense_prescription(Call& call);

// dispenses.cpp
Result<Answer> list_dispenses(Call& call);
Result<Answer> get_dispense(Call& call);
Result<Answer> return_dispense(Call& call);
Result<Answer> dispense_receipt(Call& call);

// medicines.cpp
Result<Answer> list_medicines(Call& call);
Result<Answer> create_medicine(Call& call);
Result<Answer> get_medicine(Call& call);
Result<Answer> update_medicine(Call& call);
Result<Answer> deactivate_medicine(Call& call);
Result<Answer> reactivate_medicine(Call& call);

// lots.cpp
Result<Answer> list_lots(Call& call);
Result<Answer> receive_lot(Call& call);
Result<Answer> adjust_lot(Call& call);
Result<Answer> write_off_lot(Call& call);
Result<Answer> count_lot(Call& call);
Result<Answer> quarantine_lot(Call& call);
Result<Answer> release_lot(Call& call);
Result<Answer> recall_lot(Call& call);
Result<Answer> dispose_lot(Call& call);

// reports.cpp
Result<Answer> list_ledger(Call& call);
Result<Answer> list_alerts(Call& call);
Result<Answer> list_stock(Call& call);
Result<Answer> list_valuation(Call& call);
Result<Answer> pharmacy_figures(Call& call);

}  // namespace ambula::pharmacy::api
