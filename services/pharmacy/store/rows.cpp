#include "rows.hpp"

#include <ambula/base/check.hpp>

namespace ambula::pharmacy::store {
namespace {

using Text = std::optional<std::string>;

/// CHECK constraints keep these columns to the names we know.
template <class Enum>
Enum known(const std::optional<Enum>& value) {
  AMBULA_CHECK(value.has_value());
  return *value;
}

domain::Record to_record(const db::Row& row) {
  return {.version = row.get<std::int64_t>("version"),
          .created_at = row.get<Instant>("created_at"),
          .created_by = row.get<Uuid>("created_by"),
          .updated_at = row.get<Instant>("updated_at"),
          .updated_by = row.get<Uuid>("updated_by")};
}

std::optional<domain::Money> to_money(const db::Row& row, std::string_view amount,
                                      std::string_view currency) {
  if (row.is_null(amount)) return std::nullopt;
  return domain::Money{row.get<std::string>(amount), row.get<std::string>(currency)};
}

}  // namespace

domain::Medicine to_medicine(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .facility_id = row.get<Uuid>("facility_id"),
          .name = row.get<std::string>("name"),
          .strength = row.get<std::string>("strength"),
          .form = row.get<std::string>("form"),
          .unit = row.get<Text>("unit"),
          .price = to_money(row, "price_amount", "price_currency"),
          .minimum_level = row.get<int>("minimum_level"),
          .active = row.get<bool>("active"),
          .status_reason = row.get<Text>("status_reason"),
          .record = to_record(row)};
}

domain::StockLevel to_stock_level(const db::Row& row) {
  return {.on_hand = row.get<std::int64_t>("on_hand"),
          .reserved = row.get<std::int64_t>("reserved"),
          .available = row.get<std::int64_t>("available")};
}

domain::Lot to_lot(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .facility_id = row.get<Uuid>("facility_id"),
          .medicine_id = row.get<Uuid>("medicine_id"),
          .lot_number = row.get<std::string>("lot_number"),
          .expires_on = row.get<Date>("expires_on"),
          .status = known(domain::parse_lot_status(row.text("status"))),
          .on_hand = row.get<int>("on_hand"),
          .reserved = row.get<int>("reserved"),
          .quantity = row.get<std::optional<int>>("quantity"),
          .unit_cost = to_money(row, "cost_amount", "cost_currency"),
          .supplier = row.get<Text>("supplier"),
          .returned_from = row.get<std::optional<Uuid>>("returned_from"),
          .record = to_record(row)};
}

domain::Prescription to_prescription(const db::Row& row) {
  domain::Prescription state;
  state.id = row.get<Uuid>("id");
  state.facility_id = row.get<Uuid>("facility_id");
  state.number = row.get<std::string>("number");
  state.status = known(domain::parse_status(row.text("status")));
  state.fulfilment = known(domain::parse_fulfilment(row.text("fulfilment")));
  state.patient_id = row.get<std::optional<Uuid>>("patient_id");
  state.visitor_id = row.get<std::optional<Uuid>>("visitor_id");
  state.doctor_id = row.get<Uuid>("doctor_id");
  state.consultation_id = row.get<Uuid>("consultation_id");
  state.issued_at = row.get<Instant>("issued_at");
  state.expires_on = row.get<Date>("expires_on");
  state.ready_at = row.get<std::optional<Instant>>("ready_at");
  state.reserved_until = row.get<std::optional<Instant>>("reserved_until");
  state.reason = row.get<Text>("reason");
  state.record = to_record(row);
  return state;
}

domain::Item to_item(const db::Row& row) {
  return {.item_id = row.get<Uuid>("item_id"),
          .free_text = row.get<bool>("free_text"),
          .medicine_id = row.get<std::optional<Uuid>>("medicine_id"),
          .name = row.get<std::string>("name"),
          .strength = row.get<Text>("strength"),
          .form = row.get<Text>("form"),
          .dose = row.get<std::string>("dose"),
          .route = row.get<Text>("route"),
          .frequency = row.get<std::string>("frequency"),
          .duration_days = row.get<std::optional<int>>("duration_days"),
          .instructions = row.get<Text>("instructions"),
          .quantity = row.get<int>("prescribed"),
          .dispensed = row.get<int>("dispensed")};
}

domain::Line to_line(const db::Row& row) {
  return {.item_id = row.get<Uuid>("item_id"),
          .medicine_id = row.get<Uuid>("medicine_id"),
          .lot_id = row.get<Uuid>("lot_id"),
          .lot_number = row.get<std::string>("lot_number"),
          .expires_on = row.get<Date>("expires_on"),
          .quantity = row.get<int>("quantity")};
}

domain::Dispense to_dispense(const db::Row& row) {
  return {.id = row.get<Uuid>("id"),
          .facility_id = row.get<Uuid>("facility_id"),
          .prescription_id = row.get<Uuid>("prescription_id"),
          .patient_id = row.get<std::optional<Uuid>>("patient_id"),
          .prescription_number = row.get<std::string>("number"),
          .note = row.get<Text>("note"),
          .handed_over_at = row.get<Instant>("handed_over_at"),
          .handed_over_by = row.get<Uuid>("handed_over_by"),
          .version = row.get<std::int64_t>("version"),
          .updated_at = row.get<Instant>("updated_at"),
          .updated_by = row.get<Uuid>("updated_by"),
          .lines = {}};
}

domain::DispenseLine to_dispense_line(const db::Row& row) {
  return {.line = to_line(row),
          .returned = row.get<int>("returned"),
          .medicine_name = row.get<std::string>("medicine_name"),
          .strength = row.get<std::string>("strength"),
          .form = row.get<std::string>("form"),
          .unit = row.get<Text>("unit"),
          .price = to_price(row)};
}

std::optional<domain::Money> to_price(const db::Row& row) {
  return to_money(row, "price_amount", "price_currency");
}

}  // namespace ambula::pharmacy::store
