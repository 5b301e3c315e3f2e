#include "codec.hpp"
#include "counter.hpp"
#include "handlers.hpp"
#include "pharmacy/events/codec.hpp"

// The medicines that the pharmacy keeps [INV-1].
namespace ambula::pharmacy::api {
namespace {

/// Prices add up only in one currency.
Result<void> check_currency(const domain::Medicine& medicine, const Scene& here) {
  if (!medicine.price || medicine.price->currency == here.facility.currency) return {};
  return rule_broken("wrong-currency", "Prices are in the facility's currency.", "/price/currency");
}

using Change = std::function<Result<std::vector<std::string>>(domain::Medicine&)>;

/// Locks, lets `change` alter it (it answers the changed fields), saves, emits.
Result<Answer> alter(Call& call, std::string_view event, const Change& change) {
  const auto here = scene(call);
  if (!here) return here.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto medicine = store::lock_medicine(tx, call.facility(), call.id());
    if (!medicine) return not_found("medicine");
    if (auto current = call.check_version(medicine->record.version); !current)
      return current.error();
    auto fields = change(*medicine);
    if (!fields) return fields.error();
    if (auto priced = check_currency(*medicine, *here); !priced) return priced.error();
    medicine->record.updated_at = call.now();
    medicine->record.updated_by = call.actor();
    auto events = call.events();
    events.add(event, events::encode_medicine(*medicine));
    store::save(tx, *medicine, events);
    const auto saved = store::get_medicine(tx, call.facility(), medicine->id, here->today);
    return service::changed(service::ok(encode(*saved), saved->medicine.record.version), "medicine",
                            medicine->id, *std::move(fields));
  });
}

Result<Answer> set_active(Call& call, bool active) {
  const auto reason = decode_optional_reason(call.body());
  if (!reason) return reason.error();
  return alter(call, active ? "MedicineReactivated" : "MedicineDeactivated",
               [&](domain::Medicine& medicine) -> Result<std::vector<std::string>> {
                 if (medicine.active == active) {
                   return illegal_transition(active ? "ACTIVE" : "INACTIVE",
                                             active ? "reactivate" : "deactivate");
                 }
                 medicine.active = active;
                 medicine.status_reason = *reason;
                 return std::vector<std::string>{"active"};
               });
}

}  // namespace

Result<Answer> list_medicines(Call& call) {
  auto query = call.query();
  store::MedicineFilter filter{
      .active = query.boolean("active"), .low = query.boolean("low"), .q = query.text("q")};
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  const auto here = scene(call);
  if (!here) return here.error();
  const auto after = after_name_of(page);
  if (!after) return after.error();
  const auto medicines = store::list_medicines(call.session(), call.facility(), here->today, filter,
                                               *after, page.limit + 1);
  return service::ok(page_of(
      medicines, page, [](const store::StockedMedicine& one) { return encode(one); },
      [](const store::StockedMedicine& one) {
        return service::Cursor{one.medicine.name, one.medicine.id.str()};
      }));
}

Result<Answer> create_medicine(Call& call) {
  const auto input = decode_medicine(call.body());
  if (!input) return input.error();
  const auto here = scene(call);
  if (!here) return here.error();
  if (auto priced = check_currency(*input, *here); !priced) return priced.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto medicine = *input;
    medicine.id = Uuid::make(call.now());
    medicine.facility_id = call.facility();
    medicine.record = {1, call.now(), call.actor(), call.now(), call.actor()};
    auto events = call.events();
    events.add("MedicineAdded", events::encode_medicine(medicine));
    store::insert(tx, medicine, events);
    const auto saved = store::get_medicine(tx, call.facility(), medicine.id, here->today);
    return service::changed(
        service::created("/v1/pharmacy/medicines/" + medicine.id.str(), encode(*saved)), "medicine",
        medicine.id, {"name", "strength", "form", "unit", "price", "minimum_level", "active"});
  });
}

Result<Answer> get_medicine(Call& call) {
  const auto here = scene(call);
  if (!here) return here.error();
  const auto medicine =
      store::get_medicine(call.session(), call.facility(), call.id(), here->today);
  if (!medicine) return not_found("medicine");
  return service::ok(encode(*medicine), medicine->medicine.record.version);
}

Result<Answer> update_medicine(Call& call) {
  return alter(call, "MedicineUpdated",
               [&](domain::Medicine& medicine) { return patch_medicine(call.body(), medicine); });
}

Result<Answer> deactivate_medicine(Call& call) {
  return set_active(call, false);
}

Result<Answer> reactivate_medicine(Call& call) {
  return set_active(call, true);
}

}  // namespace ambula::pharmacy::api
