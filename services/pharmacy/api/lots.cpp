#include <ambula/base/text.hpp>

#include "codec.hpp"
#include "counter.hpp"
#include "handlers.hpp"
#include "pharmacy/events/reaction.hpp"

// Lots and the ledger [INV-2].
namespace ambula::pharmacy::api {
namespace {

const std::vector<std::string_view> kind_names = {"RECEIPT",   "DISPENSE", "RETURN",  "ADJUSTMENT",
                                                  "WRITE_OFF", "COUNT",    "DISPOSAL"};

/// A lot that leaves AVAILABLE frees what was reserved of it. Lot before prescriptions: the order
/// of every lock here.
void free_reservations(Call& call, db::Transaction& tx, domain::Lot& lot) {
  for (const auto& id : store::reserved_by(tx, call.facility(), lot.id)) {
    auto state = store::lock(tx, call.facility(), id);
    const auto decision = react(*state, domain::LotWithdrawn{lot.id});
    events::apply(tx, *state, decision, call.events(), call.now(), call.actor());
  }
  lot.reserved = 0;
}

void tell_recall(Call& call, db::Transaction& tx, const domain::Lot& lot, Date today) {
  const auto stocked = store::get_medicine(tx, call.facility(), lot.medicine_id, today);
  auto events = call.events();
  events.add("LotRecalled", events::encode_lot(stocked->medicine, lot));
  store::emit_stock(tx, call.facility(), lot.medicine_id, events);
}

/// Lock, version, decide, free reservations, save with history and movement, answer the new state.
template <class Command>
Result<Answer> command(Call& call, const Command& command, const store::Why& why) {
  const auto here = scene(call);
  if (!here) return here.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto lot = store::lock_lot(tx, call.facility(), call.id());
    if (!lot) return not_found("lot");
    if (auto current = call.check_version(lot->record.version); !current) return current.error();
    const auto decision = decide(*lot, command);
    if (!decision) return decision.error();
    if (decision->status != domain::LotStatus::available && lot->reserved > 0)
      free_reservations(call, tx, *lot);
    lot->record.updated_at = call.now();
    lot->record.updated_by = call.actor();
    store::save(tx, *lot, *decision, why);
    if (decision->status == domain::LotStatus::recalled && decision->command == "recall") {
      tell_recall(call, tx, *lot, here->today);
    }
    auto answer = service::ok(encode(*lot, here->today), lot->record.version);
    answer.resource = "lot/" + lot->id.str();
    answer.changed = {"status", "on_hand"};
    return answer;
  });
}

}  // namespace

Result<Answer> list_lots(Call& call) {
  auto query = call.query();
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  const auto here = scene(call);
  if (!here) return here.error();
  if (!store::get_medicine(call.session(), call.facility(), call.id(), here->today))
    return not_found("medicine");
  std::optional<std::pair<Date, Uuid>> after;
  if (page.after) {
    const auto date = parse_date((*page.after)[0]);
    if (!date)
      return Error{
          ErrorKind::malformed, "invalid-request", "The cursor is not of this list.", {}, {}};
    after = {*date, Uuid::parse((*page.after)[1]).value_or(Uuid{})};
  }
  auto lots = store::list_lots(call.session(), call.facility(), call.id(), after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (lots.size() > static_cast<std::size_t>(page.limit)) {
    lots.pop_back();
    next = service::Cursor{format_date(lots.back().expires_on), lots.back().id.str()};
  }
  std::vector<std::string> items;
  for (const auto& lot : lots)
    items.push_back(encode(lot, here->today));
  return service::ok(service::page_body(items, next));
}

Result<Answer> receive_lot(Call& call) {
  const auto input = decode_lot(call.body());
  if (!input) return input.error();
  const auto here = scene(call);
  if (!here) return here.error();
  if (is_expired(*input, here->today)) {
    return rule_broken("already-expired", "The last usable day has passed.", "/expires_on");
  }
  if (input->unit_cost && input->unit_cost->currency != here->facility.currency) {
    return rule_broken("wrong-currency", "Costs are in the facility's currency.",
                       "/unit_cost/currency");
  }
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    if (!store::get_medicine(tx, call.facility(), call.id(), here->today))
      return not_found("medicine");
    auto lot = *input;
    lot.id = Uuid::make(call.now());
    lot.facility_id = call.facility();
    lot.medicine_id = call.id();
    lot.record = {1, call.now(), call.actor(), call.now(), call.actor()};
    store::insert(tx, lot, domain::MovementKind::receipt, std::nullopt, std::nullopt);
    auto answer = service::created("/v1/pharmacy/medicines/" + lot.medicine_id.str() + "/lots",
                                   encode(lot, here->today));
    answer.resource = "lot/" + lot.id.str();
    answer.changed = {"lot_number", "expires_on", "quantity", "unit_cost", "supplier"};
    return answer;
  });
}

Result<Answer> adjust_lot(Call& call) {
  const auto input = decode_adjust(call.body());
  if (!input) return input.error();
  return command(call, domain::Adjust{input->delta}, {input->reason, std::nullopt});
}

Result<Answer> write_off_lot(Call& call) {
  const auto input = decode_removal(call.body(), true);
  if (!input) return input.error();
  return command(call, domain::WriteOff{*input->quantity}, {input->reason, input->witness});
}

Result<Answer> count_lot(Call& call) {
  const auto input = decode_count(call.body());
  if (!input) return input.error();
  return command(call, domain::Count{input->counted}, {input->reason, std::nullopt});
}

Result<Answer> quarantine_lot(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return command(call, domain::Quarantine{}, {*reason, std::nullopt});
}

Result<Answer> release_lot(Call& call) {
  const auto reason = decode_optional_reason(call.body());
  if (!reason) return reason.error();
  return command(call, domain::Release{}, {*reason, std::nullopt});
}

Result<Answer> recall_lot(Call& call) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  return command(call, domain::Recall{}, {*reason, std::nullopt});
}

Result<Answer> dispose_lot(Call& call) {
  const auto input = decode_removal(call.body(), false);
  if (!input) return input.error();
  return command(call, domain::Dispose{input->quantity}, {input->reason, input->witness});
}

Result<Answer> list_ledger(Call& call) {
  auto query = call.query();
  store::LedgerFilter filter;
  filter.medicine_id = query.uuid("medicine_id");
  filter.lot_id = query.uuid("lot_id");
  if (const auto kind = query.choice("kind", kind_names))
    filter.kind = static_cast<domain::MovementKind>(*kind);
  filter.from = query.instant("from");
  filter.to = query.instant("to");
  const auto page = query.page(1);
  if (auto fault = query.finish()) return *fault;
  std::optional<std::int64_t> after;
  if (page.after) after = parse_int((*page.after)[0]).value_or(0);
  auto rows = store::list_ledger(call.session(), call.facility(), filter, after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (rows.size() > static_cast<std::size_t>(page.limit)) {
    rows.pop_back();
    next = service::Cursor{std::to_string(rows.back().id)};
  }
  std::vector<std::string> items;
  for (const auto& row : rows)
    items.push_back(encode(row));
  return service::ok(service::page_body(items, next));
}

}  // namespace ambula::pharmacy::api
