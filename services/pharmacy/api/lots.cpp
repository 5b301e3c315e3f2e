#include "codec.hpp"
#include "counter.hpp"
#include "handlers.hpp"
#include "pharmacy/events/reaction.hpp"

// Lots [INV-2].
namespace ambula::pharmacy::api {
namespace {

void tell_recall(Call& call, db::Transaction& tx, const domain::Lot& lot, Date today) {
  const auto stocked = store::get_medicine(tx, call.facility(), lot.medicine_id, today);
  auto events = call.events();
  events.add("LotRecalled", events::encode_lot(stocked->medicine, lot));
  store::emit_stock(tx, call.facility(), lot.medicine_id, events);
}

/// What a verb does to a locked lot and to whom it was promised.
void carry_out(Call& call, db::Transaction& tx, domain::Lot& lot,
               const domain::LotDecision& decision, const store::Why& why, Date today) {
  if (decision.status != domain::LotStatus::available)
    events::withdraw(tx, lot, call.events(), call.now(), call.actor());
  lot.record.updated_at = call.now();
  lot.record.updated_by = call.actor();
  store::save(tx, lot, decision, why);
  if (decision.command == "recall") tell_recall(call, tx, lot, today);
}

/// What came back of a recalled lot is recalled with it.
void recall_returns(Call& call, db::Transaction& tx, const domain::Lot& lot, const store::Why& why,
                    Date today) {
  for (auto& returned : store::lock_returns(tx, call.facility(), lot.id)) {
    const auto decision = decide(returned, domain::Recall{});
    if (decision) carry_out(call, tx, returned, *decision, why, today);
  }
}

/// What came back of a lot that was recalled never goes out again.
Result<void> check_origin(db::Transaction& tx, const domain::Lot& lot,
                          const domain::LotDecision& decision) {
  if (decision.command != "release" || !lot.returned_from) return {};
  if (!store::was_recalled(tx, lot.facility_id, *lot.returned_from)) return {};
  return conflict("lot-recalled", "The lot that these units came from was recalled.");
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
    if (auto allowed = check_origin(tx, *lot, *decision); !allowed) return allowed.error();
    const auto status = lot->status;
    const auto on_hand = lot->on_hand;
    carry_out(call, tx, *lot, *decision, why, here->today);
    if (decision->command == "recall") recall_returns(call, tx, *lot, why, here->today);
    auto answer = service::ok(encode(*lot, here->today), lot->record.version);
    answer.resource = "lot/" + lot->id.str();
    if (lot->status != status) answer.changed.emplace_back("status");
    if (lot->on_hand != on_hand) answer.changed.emplace_back("on_hand");
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
    const auto id = Uuid::parse((*page.after)[1]);
    if (!date || !id) return foreign_cursor();
    after = {*date, *id};
  }
  const auto lots =
      store::list_lots(call.session(), call.facility(), call.id(), after, page.limit + 1);
  return service::ok(page_of(
      lots, page, [&](const domain::Lot& lot) { return encode(lot, here->today); },
      [](const domain::Lot& lot) {
        return service::Cursor{format_date(lot.expires_on), lot.id.str()};
      }));
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
    store::insert(tx, lot, domain::MovementKind::receipt,
                  lot.supplier ? "Received from " + *lot.supplier : "Received", std::nullopt);
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

}  // namespace ambula::pharmacy::api
