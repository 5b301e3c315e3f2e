#pragma once

#include "alerts.hpp"
#include "stock.hpp"

// Movements, stock on hand, its value, and figures [INV-4, PHA-5].
namespace ambula::pharmacy::store {

struct LedgerRow {
  std::int64_t id{0};
  Instant at;
  Uuid lot_id;
  std::string lot_number;
  Uuid medicine_id;
  std::string name;
  std::string strength;
  std::string form;
  std::string kind;
  int delta{0};
  int balance{0};
  std::string reason;
  Uuid by;
  std::optional<Uuid> ref;
};
struct LedgerFilter {
  std::optional<Uuid> medicine_id;
  std::optional<Uuid> lot_id;
  std::optional<domain::MovementKind> kind;
  std::optional<Instant> from;
  std::optional<Instant> to;
};
/// In the order of writing.
std::vector<LedgerRow> list_ledger(db::Session& session, const Uuid& facility,
                                   const LedgerFilter& filter, std::optional<std::int64_t> after,
                                   int limit);

/// A place in a list by (name, id).
using AfterName = std::optional<std::pair<std::string, Uuid>>;

struct StockRow {
  domain::Medicine medicine;  ///< without its record
  domain::StockLevel stock;
  std::int64_t quarantined{0};
  std::int64_t recalled{0};
  std::int64_t expired{0};
  int lots{0};  ///< that hold something
  std::optional<Date> next_expires_on;
};
struct StockFilter {
  std::optional<bool> active;
  std::optional<std::string> q;
};
std::vector<StockRow> list_stock(db::Session& session, const Uuid& facility, Date today,
                                 const StockFilter& filter, const AfterName& after, int limit);

/// Sums are decimal text in the facility's currency, exact.
struct Value {
  std::int64_t on_hand{0};
  std::int64_t uncosted{0};  ///< units that nobody wrote a cost for in that currency
  std::string cost;
  std::string usable_cost;           ///< of what may be given out today
  std::optional<std::string> price;  ///< at today's prices
};
struct ValueRow {
  Uuid medicine_id;
  std::string name;
  std::string strength;
  std::string form;
  Value value;
};
std::vector<ValueRow> list_valuation(db::Session& session, const Uuid& facility, Date today,
                                     const std::string& currency, const AfterName& after,
                                     int limit);
Value total_valuation(db::Session& session, const Uuid& facility, Date today,
                      const std::string& currency);

struct DayFigures {
  Date day;
  std::int64_t issued{0};
  std::int64_t filled{0};  ///< of those issued that day, in full by now
  std::int64_t dispenses{0};
  std::int64_t prescriptions{0};  ///< that something was handed over for that day
  std::int64_t units{0};
};
struct PrescriberFigures {
  Uuid doctor_id;
  std::optional<std::string> display_name;
  std::int64_t issued{0};
  std::int64_t filled{0};
  std::int64_t units{0};
};
struct NowFigures {
  std::int64_t pending{0};
  std::int64_t ready{0};
  std::int64_t low{0};
  std::int64_t out{0};
  std::int64_t expiring{0};
  std::int64_t expired{0};
};
/// Local days of a zone, both included.
struct Span {
  Date from;
  Date to;
  std::string zone;
};
std::vector<DayFigures> figures_by_day(db::Session& session, const Uuid& facility,
                                       const Span& span);
/// Who prescribed most, first.
std::vector<PrescriberFigures> figures_by_prescriber(db::Session& session, const Uuid& facility,
                                                     const Span& span, int limit);
NowFigures figures_now(db::Session& session, const Uuid& facility, Date today);

/// A rule of the books that does not hold for a record.
struct StockFault {
  std::string rule;
  Uuid facility_id;
  Uuid record_id;
};
/// Checks everything that was ever moved; none are expected, and the first thousand are named.
std::vector<StockFault> check_stock(db::Session& session);

}  // namespace ambula::pharmacy::store
