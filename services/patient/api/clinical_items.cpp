#include "patient/store/clinical_items.hpp"

#include <ambula/base/zone.hpp>

#include "access.hpp"
#include "codec.hpp"
#include "command.hpp"
#include "handlers.hpp"

// Allergies and long-term conditions [PAT-7]. Both go the same ways; neighbours are told of
// allergies only.
namespace ambula::patient::api {
namespace {

using domain::ItemKind;
using domain::ItemStatus;

const std::vector<std::string_view> item_statuses = {"ACTIVE", "VOIDED"};

std::string_view path_of(ItemKind kind) {
  return kind == ItemKind::allergy ? "allergies" : "conditions";
}

Error item_not_found(ItemKind kind) {
  return not_found(kind == ItemKind::allergy ? "allergy" : "condition");
}

/// Tells the allergies as they are after a change; a condition is nobody else's business.
void tell(db::Transaction& tx, const Call& call, const domain::Patient& patient,
          const domain::ClinicalItem& item) {
  if (item.kind != ItemKind::allergy) return;
  auto present = store::present_allergies(tx, call.facility(), {patient.id});
  const auto decision = decide(patient, domain::ChangeAllergies{std::move(present[patient.id])});
  events::record(tx, patient, *decision, act(call));
}

std::optional<Uuid> item_cursor(service::Query& query, const service::PageRequest& page) {
  if (!page.after) return std::nullopt;
  const auto id = Uuid::parse(page.after->front());
  if (!id) query.fault("cursor", "format", "Must be a cursor of an earlier answer of this list.");
  return id;
}

Result<Answer> list(Call& call, ItemKind kind) {
  auto query = call.query();
  const auto status = query.choice("status", item_statuses);
  const auto page = query.page(1);
  const auto after = item_cursor(query, page);
  if (auto fault = query.finish()) return *fault;
  const auto patient = store::get(call.session(), call.facility(), call.id());
  if (!patient) return not_found("patient");
  if (auto allowed = may_read_clinical(call, patient->id); !allowed) return allowed.error();

  const store::ItemFilter filter{
      patient->id, kind, status == std::size_t{1} ? ItemStatus::voided : ItemStatus::active};
  auto items = store::list_items(call.session(), call.facility(), filter, after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (items.size() > static_cast<std::size_t>(page.limit)) {
    items.pop_back();
    next = service::Cursor{items.back().id.str()};
  }
  std::vector<std::string> encoded;
  for (const auto& item : items)
    encoded.push_back(encode(item));
  return service::about(service::ok(service::page_body(encoded, next, page)), {patient->id});
}

/// Before the transaction: whose list it is is a read of its own.
Result<void> may_write(Call& call) {
  const auto patient = store::get(call.session(), call.facility(), call.id());
  if (!patient) return not_found("patient");
  return may_write_clinical(call, patient->id);
}

Result<Answer> note(Call& call, ItemKind kind) {
  auto item = decode_clinical_item(call.body(), kind);
  if (!item) return item.error();
  if (auto allowed = may_write(call); !allowed) return allowed.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = store::lock(tx, call.facility(), call.id());
    if (!locked) return not_found("patient");
    if (auto checked = check(*item, local_date(locked->zone, call.now())); !checked) {
      return checked.error();
    }
    auto made = *item;
    made.id = Uuid::make(call.now());
    made.facility_id = call.facility();
    made.patient_id = locked->patient.id;
    made.record = {1, call.now(), call.actor(), call.now(), call.actor()};
    store::insert(tx, made);
    tell(tx, call, locked->patient, made);
    const auto location = "/v1/patients/" + made.patient_id.str() + "/" +
                          std::string(path_of(kind)) + "/" + made.id.str();
    return changed(service::created(location, encode(made)), made.patient_id,
                   {std::string(path_of(kind))});
  });
}

Result<Answer> get(Call& call, ItemKind kind) {
  const auto patient = store::get(call.session(), call.facility(), call.id());
  if (!patient) return not_found("patient");
  if (auto allowed = may_read_clinical(call, patient->id); !allowed) return allowed.error();
  const auto item =
      store::get_item(call.session(), call.facility(), patient->id, kind, call.id("item"));
  if (!item) return item_not_found(kind);
  return service::about(service::ok(encode(*item), item->record.version), {patient->id});
}

Result<Answer> void_item(Call& call, ItemKind kind) {
  const auto reason = decode_reason(call.body());
  if (!reason) return reason.error();
  if (auto allowed = may_write(call); !allowed) return allowed.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto locked = store::lock(tx, call.facility(), call.id());
    if (!locked) return not_found("patient");
    const auto item =
        store::get_item(tx, call.facility(), locked->patient.id, kind, call.id("item"));
    if (!item) return item_not_found(kind);
    if (auto current = call.check_version(item->record.version); !current) return current.error();
    auto after = voided(*item, *reason);
    if (!after) return after.error();
    after->record.updated_at = call.now();
    after->record.updated_by = call.actor();
    after->record.version = store::save_voided(tx, *after);
    tell(tx, call, locked->patient, *after);
    return changed(service::ok(encode(*after), after->record.version), after->patient_id,
                   {std::string(path_of(kind))});
  });
}

}  // namespace

Result<Answer> list_allergies(Call& call) {
  return list(call, ItemKind::allergy);
}
Result<Answer> note_allergy(Call& call) {
  return note(call, ItemKind::allergy);
}
Result<Answer> get_allergy(Call& call) {
  return get(call, ItemKind::allergy);
}
Result<Answer> void_allergy(Call& call) {
  return void_item(call, ItemKind::allergy);
}
Result<Answer> list_conditions(Call& call) {
  return list(call, ItemKind::condition);
}
Result<Answer> note_condition(Call& call) {
  return note(call, ItemKind::condition);
}
Result<Answer> get_condition(Call& call) {
  return get(call, ItemKind::condition);
}
Result<Answer> void_condition(Call& call) {
  return void_item(call, ItemKind::condition);
}

}  // namespace ambula::patient::api
