#include "codec.hpp"
#include "handlers.hpp"
#include "scheduling/events/codec.hpp"
#include "scheduling/store/directory.hpp"

// Departments and specialties: the same verbs on two tables [SCH-1].
namespace ambula::scheduling::api {
namespace {

struct Kind {
  std::string_view name;        ///< in errors and the audit
  std::string_view path;        ///< collection
  std::string_view id_field;    ///< in events
  std::string_view event_stem;  ///< "Department" → "DepartmentRegistered"
  const store::UnitStatements& statements;
};
const Kind department{"department", "/v1/departments", "department_id", "Department",
                      store::department_statements};
const Kind specialty{"specialty", "/v1/specialties", "specialty_id", "Specialty",
                     store::specialty_statements};

outbox::Events event(const Call& call, const Kind& kind, std::string_view what,
                     const domain::Unit& unit) {
  auto events = call.events();
  events.add(std::string(kind.event_stem) + std::string(what),
             events::encode_unit(unit, kind.id_field));
  return events;
}

Result<Answer> list(Call& call, const Kind& kind) {
  auto query = call.query();
  const auto active = query.boolean("active");
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  store::TextCursor after;
  if (page.after) after = {(*page.after)[0], Uuid::parse((*page.after)[1]).value_or(Uuid{})};
  const auto units =
      store::list(call.session(), kind.statements, call.facility(), active, after, page.limit + 1);
  std::vector<std::string> items;
  std::optional<service::Cursor> next;
  for (const auto& unit : units) {
    if (items.size() == static_cast<std::size_t>(page.limit)) {
      const auto& last = units[items.size() - 1];
      next = service::Cursor{last.code, last.id.str()};
      break;
    }
    items.push_back(encode(unit));
  }
  return service::ok(service::page_body(items, next, page));
}

Result<Answer> create(Call& call, const Kind& kind) {
  const auto input = decode_unit(call.body());
  if (!input) return input.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const domain::Unit unit{.id = Uuid::make(call.now()),
                            .facility_id = call.facility(),
                            .code = input->code,
                            .name = input->name,
                            .active = input->active,
                            .record = {1, call.now(), call.actor(), call.now(), call.actor()}};
    store::insert(tx, kind.statements, unit, event(call, kind, "Registered", unit));
    return service::changed(
        service::created(std::string(kind.path) + "/" + unit.id.str(), encode(unit)), kind.name,
        unit.id, {"code", "name", "active"});
  });
}

Result<Answer> get(Call& call, const Kind& kind) {
  const auto unit = store::get(call.session(), kind.statements, call.facility(), call.id());
  if (!unit) return not_found(kind.name);
  return service::ok(encode(*unit), unit->record.version);
}

/// Locks the unit, lets `change` alter it (it answers the changed fields), saves, emits.
Result<Answer> alter(Call& call, const Kind& kind, std::string_view what,
                     const std::function<Result<std::vector<std::string>>(domain::Unit&)>& change) {
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    auto unit = store::lock(tx, kind.statements, call.facility(), call.id());
    if (!unit) return not_found(kind.name);
    if (auto current = call.check_version(unit->record.version); !current) return current.error();
    auto fields = change(*unit);
    if (!fields) return fields.error();
    unit->record.updated_at = call.now();
    unit->record.updated_by = call.actor();
    unit->record.version = store::save(tx, kind.statements, *unit, event(call, kind, what, *unit));
    return service::changed(service::ok(encode(*unit), unit->record.version), kind.name, unit->id,
                            *std::move(fields));
  });
}

Result<Answer> update(Call& call, const Kind& kind) {
  auto answer = alter(call, kind, "Updated",
                      [&](domain::Unit& unit) { return patch_unit(call.body(), unit); });
  // Doctors name their specialty by its code.
  if (!answer && answer.error().code == "unknown-specialty") {
    return conflict("in-use", "Doctors have this code; it cannot change.")
        .with_json("used_by", encode_names({"DOCTOR"}));
  }
  return answer;
}

Result<Answer> set_active(Call& call, const Kind& kind, bool active) {
  const auto reason = decode_optional_reason(call.body());
  if (!reason) return reason.error();
  return alter(call, kind, active ? "Reactivated" : "Deactivated",
               [&](domain::Unit& unit) -> Result<std::vector<std::string>> {
                 if (unit.active == active) {
                   return illegal_transition(active ? "ACTIVE" : "INACTIVE",
                                             active ? "reactivate" : "deactivate");
                 }
                 unit.active = active;
                 unit.status_reason = *reason;
                 return std::vector<std::string>{"active"};
               });
}

}  // namespace

Result<Answer> list_departments(Call& call) {
  return list(call, department);
}
Result<Answer> create_department(Call& call) {
  return create(call, department);
}
Result<Answer> get_department(Call& call) {
  return get(call, department);
}
Result<Answer> update_department(Call& call) {
  return update(call, department);
}
Result<Answer> deactivate_department(Call& call) {
  return set_active(call, department, false);
}
Result<Answer> reactivate_department(Call& call) {
  return set_active(call, department, true);
}
Result<Answer> list_specialties(Call& call) {
  return list(call, specialty);
}
Result<Answer> create_specialty(Call& call) {
  return create(call, specialty);
}
Result<Answer> get_specialty(Call& call) {
  return get(call, specialty);
}
Result<Answer> update_specialty(Call& call) {
  return update(call, specialty);
}
Result<Answer> deactivate_specialty(Call& call) {
  return set_active(call, specialty, false);
}
Result<Answer> reactivate_specialty(Call& call) {
  return set_active(call, specialty, true);
}

}  // namespace ambula::scheduling::api
