#include <algorithm>

#include "codec.hpp"
#include "counter.hpp"
#include "handlers.hpp"
#include "pharmacy/events/reaction.hpp"

// Validating against stock and handing over [PHA-2, PHA-3].
namespace ambula::pharmacy::api {
namespace {

Result<domain::Item*> item_of(domain::Prescription& state, const std::vector<Mapping>& mappings,
                              std::size_t i) {
  const auto pointer = "/lines/" + std::to_string(i);
  const auto same = [&](const Mapping& other) { return other.item_id == mappings[i].item_id; };
  if (std::find_if(mappings.begin(), mappings.end(), same) != mappings.begin() + i)
    return rule_broken("repeated-item", "The line is named twice.", pointer + "/item_id");
  for (auto& item : state.items) {
    if (item.item_id != mappings[i].item_id) continue;
    if (item.medicine_id != mappings[i].medicine_id && (!item.free_text || item.dispensed > 0)) {
      return rule_broken("medicine-fixed", "The medicine of this line cannot be changed.",
                         pointer + "/medicine_id");
    }
    return &item;
  }
  return rule_broken("unknown-item", "The prescription has no such line.", pointer + "/item_id");
}

/// Records what the pharmacist chose for free text; answers whether that is something new.
Result<bool> map_items(db::Transaction& tx, domain::Prescription& state,
                       const std::vector<Mapping>& mappings) {
  std::vector<Mapping> changed;
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    const auto item = item_of(state, mappings, i);
    if (!item) return item.error();
    if ((*item)->medicine_id == mappings[i].medicine_id) continue;
    (*item)->medicine_id = mappings[i].medicine_id;
    changed.push_back(mappings[i]);
  }
  if (changed.empty()) return false;
  const auto mapped = store::map_items(tx, state.facility_id, state.id, changed);
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    const auto& id = mappings[i].item_id;
    const bool is_new = std::any_of(changed.begin(), changed.end(),
                                    [&](const Mapping& one) { return one.item_id == id; });
    if (is_new && std::find(mapped.begin(), mapped.end(), id) == mapped.end()) {
      return rule_broken("unknown-medicine", "There is no such medicine.",
                         "/lines/" + std::to_string(i) + "/medicine_id");
    }
  }
  return true;
}

/// Free text that names what is stocked by now.
void map_by_name(db::Transaction& tx, domain::Prescription& state) {
  const bool unmapped = std::any_of(state.items.begin(), state.items.end(),
                                    [](const domain::Item& item) { return !item.medicine_id; });
  if (unmapped) store::map_by_name(tx, state);
}

/// Reserves what is planned; a plan that falls short reserves nothing, and frees what an earlier
/// one had.
Result<void> reserve(Call& call, db::Transaction& tx, domain::Prescription& state, bool mapped,
                     const domain::Plan& plan, const Scene& here) {
  if (has_shortage(plan)) {
    const auto freed = react(state, domain::Ended{});
    if (freed.empty() && mapped) {
      state.record.version = store::save(tx, state, state, nullptr, call.events(),
                                         {call.now(), call.actor()}, {"validate"});
    }
    events::apply(tx, state, freed, call.events(), call.now(), call.actor());
    return {};
  }
  const auto decision = decide(state, domain::Reserve{allocations(plan)}, here.today);
  if (!decision) return decision.error();
  state.reserved_until = call.now() + std::chrono::hours{here.facility.reservation_h};
  events::apply(tx, state, *decision, call.events(), call.now(), call.actor());
  return {};
}

domain::Dispense dispense_of(const Call& call, const domain::Prescription& state,
                             const domain::Plan& plan, const std::optional<std::string>& note) {
  domain::Dispense dispense;
  dispense.id = Uuid::make(call.now());
  dispense.facility_id = call.facility();
  dispense.prescription_id = state.id;
  dispense.patient_id = state.patient_id;
  dispense.note = note;
  dispense.handed_over_at = dispense.updated_at = call.now();
  dispense.handed_over_by = dispense.updated_by = call.actor();
  for (auto& line : allocations(plan)) {
    domain::DispenseLine handed;
    handed.line = std::move(line);
    dispense.lines.push_back(std::move(handed));
  }
  return dispense;
}

Error insufficient(const domain::Prescription& state, const domain::Plan& plan) {
  return conflict("insufficient-stock", "The stock does not suffice.")
      .with_json("lines", encode_lines(state, plan));
}

}  // namespace

Result<Answer> validate_prescription(Call& call) {
  const auto mappings = decode_validate(call.body());
  if (!mappings) return mappings.error();
  const auto here = scene(call);
  if (!here) return here.error();
  std::vector<Uuid> medicines;
  for (const auto& mapping : *mappings)
    medicines.push_back(mapping.medicine_id);
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto locked = lock_prescription(call, tx, medicines);
    if (!locked) return locked.error();
    auto& state = locked->state;
    if (auto may = check_dispensable(state, here->today); !may) return may.error();
    map_by_name(tx, state);
    const auto mapped = map_items(tx, state, *mappings);
    if (!mapped) return mapped.error();
    const auto before = state;
    const auto plan =
        plan_stock(all_that_remains(state), locked->lots, state.reserved, {}, here->today);
    if (auto done = reserve(call, tx, state, *mapped, plan, *here); !done) return done.error();
    return service::about(service::ok(encode_validation(before, plan), state.record.version),
                          patient_of(state.patient_id));
  });
}

Result<Answer> dispense_prescription(Call& call) {
  const auto input = decode_dispense(call.body());
  if (!input) return input.error();
  const auto here = scene(call);
  if (!here) return here.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto locked = lock_prescription(call, tx);
    if (!locked) return locked.error();
    auto& state = locked->state;
    if (auto may = check_dispensable(state, here->today); !may) return may.error();
    map_by_name(tx, state);
    const auto wants =
        input->lines ? wanted(state, *input->lines) : Result(all_that_remains(state));
    if (!wants) return wants.error();
    const auto plan = plan_stock(*wants, locked->lots, state.reserved, state.reserved, here->today);
    if (has_shortage(plan)) return insufficient(state, plan);
    auto dispense = dispense_of(call, state, plan, input->note);
    const auto decision =
        decide(state, domain::HandOver{dispense.id, allocations(plan)}, here->today);
    if (!decision) return decision.error();
    events::apply(tx, state, *decision, call.events(), call.now(), call.actor(), &dispense);
    auto answer = service::ok(encode(dispense), dispense.version);
    answer.location = "/v1/pharmacy/dispenses/" + dispense.id.str();
    return service::about(std::move(answer), patient_of(state.patient_id));
  });
}

}  // namespace ambula::pharmacy::api
