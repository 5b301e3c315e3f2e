#include "reports.hpp"

#include <pharmacy/sql.hpp>
#include <tuple>

#include <ambula/base/zone.hpp>

#include "rows.hpp"

namespace ambula::pharmacy::store {
namespace {

using Text = std::optional<std::string>;

LedgerRow to_ledger_row(const db::Row& row) {
  return {.id = row.get<std::int64_t>("id"),
          .at = row.get<Instant>("at"),
          .lot_id = row.get<Uuid>("lot_id"),
          .lot_number = row.get<std::string>("lot_number"),
          .medicine_id = row.get<Uuid>("medicine_id"),
          .name = row.get<std::string>("name"),
          .strength = row.get<std::string>("strength"),
          .form = row.get<std::string>("form"),
          .kind = row.get<std::string>("kind"),
          .delta = row.get<int>("delta"),
          .balance = row.get<int>("balance"),
          .reason = row.get<std::string>("reason"),
          .by = row.get<Uuid>("actor_id"),
          .ref = row.get<std::optional<Uuid>>("ref")};
}

StockRow to_stock_row(const db::Row& row) {
  StockRow stock;
  stock.medicine.id = row.get<Uuid>("id");
  stock.medicine.name = row.get<std::string>("name");
  stock.medicine.strength = row.get<std::string>("strength");
  stock.medicine.form = row.get<std::string>("form");
  stock.medicine.unit = row.get<Text>("unit");
  stock.medicine.active = row.get<bool>("active");
  stock.medicine.minimum_level = row.get<int>("minimum_level");
  stock.stock = to_stock_level(row);
  stock.quarantined = row.get<std::int64_t>("quarantined");
  stock.recalled = row.get<std::int64_t>("recalled");
  stock.expired = row.get<std::int64_t>("expired");
  stock.lots = row.get<int>("lots");
  stock.next_expires_on = row.get<std::optional<Date>>("next_expires_on");
  return stock;
}

Value to_value(const db::Row& row) {
  return {.on_hand = row.get<std::int64_t>("on_hand"),
          .uncosted = row.get<std::int64_t>("uncosted"),
          .cost = row.get<std::string>("cost"),
          .usable_cost = row.get<std::string>("usable_cost"),
          .price = row.get<Text>("price")};
}

std::pair<Text, std::optional<Uuid>> parts(const AfterName& after) {
  if (!after) return {};
  return {after->first, after->second};
}

/// From the first instant of the first day to the first after the last.
TimeRange range_of(const Span& span) {
  return {local_day(span.zone, span.from).from, local_day(span.zone, span.to).to};
}

}  // namespace

std::vector<LedgerRow> list_ledger(db::Session& session, const Uuid& facility,
                                   const LedgerFilter& filter, std::optional<std::int64_t> after,
                                   int limit) {
  const auto kind =
      filter.kind ? std::optional(std::string(to_string(*filter.kind))) : std::nullopt;
  std::vector<LedgerRow> rows;
  for (const auto row : session.read(sql::list_ledger, facility, filter.medicine_id, filter.lot_id,
                                     kind, filter.from, filter.to, after, limit)) {
    rows.push_back(to_ledger_row(row));
  }
  return rows;
}

std::vector<StockRow> list_stock(db::Session& session, const Uuid& facility, Date today,
                                 const StockFilter& filter, const AfterName& after, int limit) {
  const auto [name, id] = parts(after);
  std::vector<StockRow> rows;
  for (const auto row :
       session.read(sql::list_stock, facility, today, filter.active, filter.q, name, id, limit)) {
    rows.push_back(to_stock_row(row));
  }
  return rows;
}

std::vector<ValueRow> list_valuation(db::Session& session, const Uuid& facility, Date today,
                                     const std::string& currency, const AfterName& after,
                                     int limit) {
  const auto [name, id] = parts(after);
  std::vector<ValueRow> rows;
  for (const auto row :
       session.read(sql::list_valuation, facility, today, currency, name, id, limit)) {
    rows.push_back({row.get<Uuid>("id"), row.get<std::string>("name"),
                    row.get<std::string>("strength"), row.get<std::string>("form"), to_value(row)});
  }
  return rows;
}

Value total_valuation(db::Session& session, const Uuid& facility, Date today,
                      const std::string& currency) {
  return to_value(session.read(sql::total_valuation, facility, today, currency).front());
}

std::vector<DayFigures> figures_by_day(db::Session& session, const Uuid& facility,
                                       const Span& span) {
  const auto range = range_of(span);
  std::vector<DayFigures> days;
  for (const auto row : session.read(sql::figures_by_day, facility, range.from, range.to, span.zone,
                                     span.from, span.to)) {
    days.push_back({row.get<Date>("day"), row.get<std::int64_t>("issued"),
                    row.get<std::int64_t>("filled"), row.get<std::int64_t>("dispenses"),
                    row.get<std::int64_t>("prescriptions"), row.get<std::int64_t>("units")});
  }
  return days;
}

std::vector<PrescriberFigures> figures_by_prescriber(db::Session& session, const Uuid& facility,
                                                     const Span& span, int limit) {
  const auto range = range_of(span);
  std::vector<PrescriberFigures> prescribers;
  for (const auto row :
       session.read(sql::figures_by_prescriber, facility, range.from, range.to, limit)) {
    prescribers.push_back({row.get<Uuid>("doctor_id"), row.get<Text>("display_name"),
                           row.get<std::int64_t>("issued"), row.get<std::int64_t>("filled"),
                           row.get<std::int64_t>("units")});
  }
  return prescribers;
}

NowFigures figures_now(db::Session& session, const Uuid& facility, Date today) {
  const auto row = session.read(sql::figures_now, facility, today).front();
  return {.pending = row.get<std::int64_t>("pending"),
          .ready = row.get<std::int64_t>("ready"),
          .low = row.get<std::int64_t>("low"),
          .out = row.get<std::int64_t>("out"),
          .expiring = row.get<std::int64_t>("expiring"),
          .expired = row.get<std::int64_t>("expired")};
}

std::vector<StockFault> check_stock(db::Session& session) {
  std::vector<StockFault> faults;
  for (const auto row : session.read(sql::check_stock)) {
    faults.push_back(
        {row.get<std::string>("rule"), row.get<Uuid>("facility_id"), row.get<Uuid>("record_id")});
  }
  return faults;
}

}  // namespace ambula::pharmacy::store
