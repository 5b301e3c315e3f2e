#include <ambula/base/text.hpp>

#include "codec.hpp"
#include "counter.hpp"
#include "handlers.hpp"

// Movements, alerts, stock on hand, its value, figures; all as CSV too [INV-3, INV-4, PHA-5].
namespace ambula::pharmacy::api {
namespace {

constexpr int figure_days_max = 366;
constexpr int figure_days_default = 30;
constexpr int top_prescribers = 20;

const std::vector<std::string_view> movement_names = {
    "RECEIPT", "DISPENSE", "RETURN", "ADJUSTMENT", "WRITE_OFF", "COUNT", "DISPOSAL"};
const std::vector<std::string_view> alert_names = {"LOW", "OUT", "EXPIRING", "EXPIRED"};
const std::vector<std::string_view> expiry_names = {"30", "60", "90"};

template <class T>
std::string text_of(const std::optional<T>& value) {
  if (!value) return {};
  if constexpr (std::is_same_v<T, Uuid>) {
    return value->str();
  } else if constexpr (std::is_same_v<T, Date>) {
    return format_date(*value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    return *value;
  } else {
    return std::to_string(*value);
  }
}

Answer ledger_csv(const Call& call, const store::LedgerFilter& filter) {
  return csv_of<std::optional<std::int64_t>>(
      "ledger.csv",
      {"at", "medicine", "strength", "form", "lot_number", "kind", "delta", "balance", "reason",
       "by", "ref", "medicine_id", "lot_id"},
      [facility = call.facility(), filter](db::Session& session,
                                           const std::optional<std::int64_t>& after, int limit) {
        return store::list_ledger(session, facility, filter, after, limit);
      },
      [](service::CsvLines& lines, const store::LedgerRow& row) {
        lines.push_back({format_instant(row.at), row.name, row.strength, row.form, row.lot_number,
                         row.kind, std::to_string(row.delta), std::to_string(row.balance),
                         row.reason, row.by.str(), text_of(row.ref), row.medicine_id.str(),
                         row.lot_id.str()});
      },
      [](const store::LedgerRow& row) { return std::optional(row.id); });
}

Answer alerts_csv(const Call& call, const store::AlertFilter& filter, const store::Day& day) {
  return csv_of<std::optional<store::AlertPlace>>(
      "alerts.csv",
      {"kind", "medicine", "strength", "form", "lot_number", "expires_on", "within_days", "on_hand",
       "available", "minimum_level", "since", "medicine_id", "lot_id"},
      [facility = call.facility(), filter, day](
          db::Session& session, const std::optional<store::AlertPlace>& after, int limit) {
        return store::list_alerts(session, facility, day, filter, after, limit);
      },
      [](service::CsvLines& lines, const store::Alert& alert) {
        lines.push_back(
            {alert.kind, alert.name, alert.strength, alert.form, text_of(alert.lot_number),
             text_of(alert.expires_on), text_of(alert.within_days), std::to_string(alert.on_hand),
             std::to_string(alert.available), std::to_string(alert.minimum_level),
             format_instant(alert.since), alert.medicine_id.str(), text_of(alert.lot_id)});
      },
      [](const store::Alert& alert) { return std::optional(place_of(alert)); });
}

Answer stock_csv(const Call& call, const store::StockFilter& filter, Date today) {
  return csv_of<store::AfterName>(
      "stock.csv",
      {"medicine", "strength", "form", "unit", "active", "minimum_level", "level", "on_hand",
       "reserved", "available", "quarantined", "recalled", "expired", "lots", "next_expires_on",
       "medicine_id"},
      [facility = call.facility(), filter, today](db::Session& session,
                                                  const store::AfterName& after, int limit) {
        return store::list_stock(session, facility, today, filter, after, limit);
      },
      [](service::CsvLines& lines, const store::StockRow& row) {
        const auto& m = row.medicine;
        lines.push_back({m.name, m.strength, m.form, text_of(m.unit), m.active ? "true" : "false",
                         std::to_string(m.minimum_level),
                         std::string(to_string(level_of(m, row.stock.available))),
                         std::to_string(row.stock.on_hand), std::to_string(row.stock.reserved),
                         std::to_string(row.stock.available), std::to_string(row.quarantined),
                         std::to_string(row.recalled), std::to_string(row.expired),
                         std::to_string(row.lots), text_of(row.next_expires_on), m.id.str()});
      },
      [](const store::StockRow& row) {
        return store::AfterName{{row.medicine.name, row.medicine.id}};
      });
}

Answer valuation_csv(const Call& call, const Scene& here) {
  return csv_of<store::AfterName>(
      "valuation.csv",
      {"medicine", "strength", "form", "on_hand", "uncosted", "cost", "usable_cost", "price",
       "currency", "medicine_id"},
      [facility = call.facility(), here](db::Session& session, const store::AfterName& after,
                                         int limit) {
        return store::list_valuation(session, facility, here.today, here.facility.currency, after,
                                     limit);
      },
      [currency = here.facility.currency](service::CsvLines& lines, const store::ValueRow& row) {
        lines.push_back({row.name, row.strength, row.form, std::to_string(row.value.on_hand),
                         std::to_string(row.value.uncosted), row.value.cost, row.value.usable_cost,
                         text_of(row.value.price), currency, row.medicine_id.str()});
      },
      [](const store::ValueRow& row) {
        return store::AfterName{{row.name, row.medicine_id}};
      });
}

/// The days of the figures, one line each; it is one batch, because days are bounded.
Answer figures_csv(const Call& call, const store::Span& span) {
  return service::csv(
      "figures.csv", {"date", "issued", "filled", "dispenses", "prescriptions", "units"},
      [facility = call.facility(), span, done = false](db::Session& session) mutable {
        service::CsvLines lines;
        if (std::exchange(done, true)) return lines;
        for (const auto& day : store::figures_by_day(session, facility, span)) {
          lines.push_back({format_date(day.day), std::to_string(day.issued),
                           std::to_string(day.filled), std::to_string(day.dispenses),
                           std::to_string(day.prescriptions), std::to_string(day.units)});
        }
        return lines;
      });
}

Date before(Date day, int days) {
  return Date{std::chrono::sys_days{day} - std::chrono::days{days}};
}

/// Local days, both included; the last thirty when nothing is said.
store::Span span_of(service::Query& query, const Scene& here) {
  const auto to = query.date("to").value_or(here.today);
  const auto from = query.date("from").value_or(before(to, figure_days_default - 1));
  const auto days = std::chrono::sys_days{to} - std::chrono::sys_days{from};
  if (days < std::chrono::days{0} || days >= std::chrono::days{figure_days_max})
    query.fault("to", "range", "Must be from `from` to 365 days behind it.");
  return {from, to, here.facility.zone};
}

}  // namespace

Result<Answer> list_ledger(Call& call) {
  auto query = call.query();
  store::LedgerFilter filter;
  filter.medicine_id = query.uuid("medicine_id");
  filter.lot_id = query.uuid("lot_id");
  if (const auto kind = query.choice("kind", movement_names))
    filter.kind = static_cast<domain::MovementKind>(*kind);
  const auto period = query.period([&call] { return zone_of(call); });
  filter.from = period.from;
  filter.to = period.to;
  const bool csv = query.csv();
  const auto page = query.page(1);
  if (auto fault = query.finish()) return *fault;
  if (csv) return ledger_csv(call, filter);
  std::optional<std::int64_t> after;
  if (page.after) {
    after = parse_int((*page.after)[0]);
    if (!after) return foreign_cursor();
  }
  const auto rows =
      store::list_ledger(call.session(), call.facility(), filter, after, page.limit + 1);
  return service::ok(page_of(
      rows, page, [](const store::LedgerRow& row) { return encode(row); },
      [](const store::LedgerRow& row) { return service::Cursor{std::to_string(row.id)}; }));
}

Result<Answer> list_alerts(Call& call) {
  auto query = call.query();
  store::AlertFilter filter;
  if (const auto kind = query.choice("kind", alert_names))
    filter.kind = static_cast<store::AlertKind>(*kind);
  filter.medicine_id = query.uuid("medicine_id");
  if (const auto within = query.choice("within_days", expiry_names))
    filter.within_days = 30 * (static_cast<int>(*within) + 1);
  const bool csv = query.csv();
  const auto page = query.page(4);
  if (auto fault = query.finish()) return *fault;
  const auto here = scene(call);
  if (!here) return here.error();
  const store::Day day{here->today, call.now(), here->facility.zone};
  if (csv) return alerts_csv(call, filter, day);
  std::optional<store::AlertPlace> after;
  if (page.after) {
    const auto medicine = Uuid::parse((*page.after)[1]);
    const auto lot = Uuid::parse((*page.after)[3]);
    if (!medicine || !lot) return foreign_cursor();
    after = {(*page.after)[0], *medicine, (*page.after)[2], *lot};
  }
  const auto alerts =
      store::list_alerts(call.session(), call.facility(), day, filter, after, page.limit + 1);
  return service::ok(page_of(
      alerts, page, [](const store::Alert& alert) { return encode(alert); },
      [](const store::Alert& alert) {
        const auto place = place_of(alert);
        return service::Cursor{place.name, place.medicine_id.str(), place.kind, place.lot_id.str()};
      }));
}

Result<Answer> list_stock(Call& call) {
  auto query = call.query();
  const store::StockFilter filter{.active = query.boolean("active"), .q = query.text("q")};
  const bool csv = query.csv();
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  const auto after = after_name_of(page);
  if (!after) return after.error();
  const auto here = scene(call);
  if (!here) return here.error();
  if (csv) return stock_csv(call, filter, here->today);
  const auto rows = store::list_stock(call.session(), call.facility(), here->today, filter, *after,
                                      page.limit + 1);
  return service::ok(page_of(
      rows, page, [](const store::StockRow& row) { return encode(row); },
      [](const store::StockRow& row) {
        return service::Cursor{row.medicine.name, row.medicine.id.str()};
      }));
}

Result<Answer> list_valuation(Call& call) {
  auto query = call.query();
  const bool csv = query.csv();
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  const auto after = after_name_of(page);
  if (!after) return after.error();
  const auto here = scene(call);
  if (!here) return here.error();
  if (csv) return valuation_csv(call, *here);
  const auto& currency = here->facility.currency;
  const auto rows = store::list_valuation(call.session(), call.facility(), here->today, currency,
                                          *after, page.limit + 1);
  const auto total = store::total_valuation(call.session(), call.facility(), here->today, currency);
  auto page_body = page_of(
      rows, page, [&](const store::ValueRow& row) { return encode(row, currency); },
      [](const store::ValueRow& row) {
        return service::Cursor{row.name, row.medicine_id.str()};
      });
  page_body.body = with_total(std::move(page_body.body), total, currency);
  return service::ok(std::move(page_body));
}

Result<Answer> pharmacy_figures(Call& call) {
  const auto here = scene(call);
  if (!here) return here.error();
  auto query = call.query();
  const auto span = span_of(query, *here);
  const bool csv = query.csv();
  if (auto fault = query.finish()) return *fault;
  if (csv) return figures_csv(call, span);
  const Figures figures{
      span, store::figures_now(call.session(), call.facility(), here->today),
      store::figures_by_day(call.session(), call.facility(), span),
      store::figures_by_prescriber(call.session(), call.facility(), span, top_prescribers)};
  return service::ok(encode(figures));
}

}  // namespace ambula::pharmacy::api
