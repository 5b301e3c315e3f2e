#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

#include "money.hpp"

namespace ambula::pharmacy::domain {

/// Whole units of a medicine; never more than this in one place.
inline constexpr int quantity_max = 1'000'000;

/// Who wrote a record last.
struct Record {
  std::int64_t version{1};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

struct Medicine {
  Uuid id;
  Uuid facility_id;
  std::string name;
  std::string strength;
  std::string form;
  std::optional<std::string> unit;
  std::optional<Money> price;
  int minimum_level{0};
  bool active{true};
  std::optional<std::string> status_reason{};  ///< of the last deactivation or reactivation
  Record record;
};

/// Sums over a medicine's lots.
struct StockLevel {
  std::int64_t on_hand{0};
  std::int64_t reserved{0};
  std::int64_t available{0};
};

enum class LotStatus { available, quarantined, recalled, disposed };
std::string_view to_string(LotStatus status);
std::optional<LotStatus> parse_lot_status(std::string_view text);

/// What was received, or came back, under one number.
struct Lot {
  Uuid id;
  Uuid facility_id;
  Uuid medicine_id;
  std::string lot_number;
  Date expires_on;  ///< last usable day
  LotStatus status{LotStatus::available};
  int on_hand{0};
  int reserved{0};
  std::optional<int> quantity{};  ///< what it came with, once it is stored
  std::optional<Money> unit_cost;
  std::optional<std::string> supplier;
  std::optional<Uuid> returned_from;  ///< the lot that these units were once handed over from
  Record record;
};
bool is_expired(const Lot& lot, Date today);
/// What may be given out today and is not reserved.
int available(const Lot& lot, Date today);

enum class MovementKind { receipt, dispense, returned, adjustment, write_off, count, disposal };
std::string_view to_string(MovementKind kind);
std::optional<MovementKind> parse_movement_kind(std::string_view text);

struct Movement {
  MovementKind kind;
  int delta{0};
};

/// What a verb does to a lot.
struct LotDecision {
  std::string_view command;
  LotStatus status;
  std::optional<Movement> movement{};
};

struct Adjust {
  int delta;
};
struct WriteOff {
  int quantity;
};
struct Count {
  int counted;
};
struct Quarantine {};
struct Release {};
struct Recall {};
/// Without a quantity all that is there; only then the lot is DISPOSED.
struct Dispose {
  std::optional<int> quantity;
};
// Each refuses states that domain.md does not name with 409 `illegal-transition`; 409
// `insufficient-stock` when less is there, 409 `stock-reserved` when reservations stand in the way,
// 422 `too-much-stock` beyond `quantity_max`.
Result<LotDecision> decide(const Lot& lot, const Adjust& command);
Result<LotDecision> decide(const Lot& lot, const WriteOff& command);
Result<LotDecision> decide(const Lot& lot, const Count& command);
Result<LotDecision> decide(const Lot& lot, const Quarantine& command);
Result<LotDecision> decide(const Lot& lot, const Release& command);
Result<LotDecision> decide(const Lot& lot, const Recall& command);
Result<LotDecision> decide(const Lot& lot, const Dispose& command);

/// Units of one lot for one line of a prescription: reserved, handed over, freed or returned.
struct Line {
  Uuid item_id;
  Uuid medicine_id;
  Uuid lot_id;
  std::string lot_number;
  Date expires_on;
  int quantity{0};

  bool operator==(const Line&) const = default;
};

/// What is wanted for one line of a prescription.
struct Want {
  Uuid item_id;
  std::optional<Uuid> medicine_id;  ///< absent: free text that nobody mapped yet
  int quantity{0};
  std::optional<Uuid> lot_id;  ///< this lot only
};

struct PlannedLine {
  Want want;
  int available{0};  ///< for this line, after the lines before it
  int shortage{0};
  std::string_view code;  ///< why there is a shortage: `unmapped`, `insufficient-stock`; else empty
  std::vector<Line> allocations;
};
using Plan = std::vector<PlannedLine>;
bool has_shortage(const Plan& plan);
/// One line for each item and lot.
std::vector<Line> allocations(const Plan& plan);

/// First expiry first out over the lots of today; a line is split where one lot does not suffice.
/// `own` are the present reservations of the same prescription: they count as free. Those of `keep`
/// (a part of `own`) are used first, so that what was laid ready is what is handed over.
Plan plan_stock(const std::vector<Want>& wants, std::vector<Lot> lots, const std::vector<Line>& own,
                const std::vector<Line>& keep, Date today);

}  // namespace ambula::pharmacy::domain
