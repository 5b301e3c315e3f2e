#include "definition.hpp"

#include <pharmacy/migrations.hpp>
#include <pharmacy/sql.hpp>

#include "pharmacy/api/handlers.hpp"
#include "pharmacy/commands.hpp"
#include "pharmacy/events/handlers.hpp"
#include "pharmacy/jobs.hpp"
#include "pharmacy/store/constraints.hpp"

namespace ambula::pharmacy {

service::Definition definition() {
  using auth::Permission;
  using enum http::Method;
  using outbox::HandlerKind;
  using namespace std::chrono_literals;

  service::Definition d;
  d.name = "pharmacy";
  d.schema = "pharmacy";
  d.migrations = migrations;
  d.statements = sql::all;
  d.constraints = store::constraints();
  d.topics = {"ambula.dispense.v1", "ambula.medicine.v1", "ambula.stock.v1"};
  d.subscriptions = {
      // The facility's row also knows which day its stock was looked at.
      {"ambula.facility.v1",
       HandlerKind::projection,
       events::on_facility,
       {{"facility", outbox::keep_rows}}},
      {"ambula.patient.v1", HandlerKind::projection, events::on_patient, {"patient"}},
      {"ambula.visitor.v1", HandlerKind::projection, events::on_visitor, {"visitor"}},
      {"ambula.doctor.v1", HandlerKind::projection, events::on_doctor, {"doctor"}},
      {"ambula.prescription.v1", HandlerKind::effect, events::on_prescription},
  };
  d.jobs = {
      {"end-reservations", 30s, jobs::end_reservations},
      {"watch-stock", 1s, jobs::watch_stock},
  };
  d.figures_statement = &sql::counter_figures;
  d.figures_interval = 60s;
  d.figures = {
      {"prescriptions_pending", "Prescriptions that wait for the pharmacy, by how far they are.",
       "state"},
      {"stock_medicines", "Medicines in use, by what the stock is: OK, LOW, OUT.", "level"},
  };
  d.routes = {
      {get, "/v1/pharmacy/prescriptions", Permission::pharmacy_work,
       api::list_pharmacy_prescriptions},
      {get, "/v1/pharmacy/prescriptions/{id}", Permission::pharmacy_work,
       api::get_pharmacy_prescription},
      {post, "/v1/pharmacy/prescriptions/{id}/validate", Permission::pharmacy_work,
       api::validate_prescription},
      {post, "/v1/pharmacy/prescriptions/{id}/release", Permission::pharmacy_work,
       api::release_prescription},
      {post, "/v1/pharmacy/prescriptions/{id}/ready", Permission::pharmacy_work,
       api::ready_prescription},
      {post, "/v1/pharmacy/prescriptions/{id}/dispense", Permission::pharmacy_work,
       api::dispense_prescription},
      {post, "/v1/pharmacy/prescriptions/{id}/decline", Permission::pharmacy_work,
       api::decline_prescription},
      {post, "/v1/pharmacy/prescriptions/{id}/hold", Permission::pharmacy_work,
       api::hold_prescription},
      {post, "/v1/pharmacy/prescriptions/{id}/resume", Permission::pharmacy_work,
       api::resume_prescription},
      {post, "/v1/pharmacy/prescriptions/{id}/close", Permission::pharmacy_work,
       api::close_prescription},
      {get, "/v1/pharmacy/dispenses", Permission::pharmacy_work, api::list_dispenses},
      {get, "/v1/pharmacy/dispenses/{id}", Permission::pharmacy_work, api::get_dispense},
      {post, "/v1/pharmacy/dispenses/{id}/return", Permission::pharmacy_work, api::return_dispense},
      {get, "/v1/pharmacy/dispenses/{id}/receipt.pdf", Permission::pharmacy_work,
       api::dispense_receipt},
      {get, "/v1/pharmacy/medicines", Permission::medicine_read, api::list_medicines},
      {post, "/v1/pharmacy/medicines", Permission::stock_write, api::create_medicine},
      {get, "/v1/pharmacy/medicines/{id}", Permission::medicine_read, api::get_medicine},
      {patch, "/v1/pharmacy/medicines/{id}", Permission::stock_write, api::update_medicine},
      {post, "/v1/pharmacy/medicines/{id}/deactivate", Permission::stock_write,
       api::deactivate_medicine},
      {post, "/v1/pharmacy/medicines/{id}/reactivate", Permission::stock_write,
       api::reactivate_medicine},
      {get, "/v1/pharmacy/medicines/{id}/lots", Permission::stock_read, api::list_lots},
      {post, "/v1/pharmacy/medicines/{id}/lots", Permission::stock_write, api::receive_lot},
      {post, "/v1/pharmacy/lots/{id}/adjust", Permission::stock_write, api::adjust_lot},
      {post, "/v1/pharmacy/lots/{id}/write-off", Permission::stock_write, api::write_off_lot},
      {post, "/v1/pharmacy/lots/{id}/count", Permission::stock_write, api::count_lot},
      {post, "/v1/pharmacy/lots/{id}/quarantine", Permission::stock_write, api::quarantine_lot},
      {post, "/v1/pharmacy/lots/{id}/release", Permission::stock_write, api::release_lot},
      {post, "/v1/pharmacy/lots/{id}/recall", Permission::stock_write, api::recall_lot},
      {post, "/v1/pharmacy/lots/{id}/dispose", Permission::stock_write, api::dispose_lot},
      {get, "/v1/pharmacy/ledger", Permission::stock_read, api::list_ledger},
      {get, "/v1/pharmacy/alerts", Permission::stock_read, api::list_alerts},
      {get, "/v1/pharmacy/stock", Permission::stock_read, api::list_stock},
      {get, "/v1/pharmacy/valuation", Permission::pharmacy_figures, api::list_valuation},
      {get, "/v1/pharmacy/figures", Permission::pharmacy_figures, api::pharmacy_figures},
  };
  d.commands = commands();
  return d;
}

}  // namespace ambula::pharmacy
