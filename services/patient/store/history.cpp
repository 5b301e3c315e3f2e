#include "history.hpp"

#include <patient/sql.hpp>

#include "rows.hpp"

namespace ambula::patient::store {

std::vector<domain::NamedItem> history(db::Session& session, const Uuid& facility,
                                       const Uuid& patient, const std::vector<domain::Kind>& kinds,
                                       const std::optional<std::pair<Instant, Uuid>>& before,
                                       int limit) {
  std::vector<std::string> names;
  for (const auto kind : kinds)
    names.emplace_back(domain::to_string(kind));
  std::optional<Instant> at;
  std::optional<Uuid> event_id;
  if (before) std::tie(at, event_id) = *before;
  std::vector<domain::NamedItem> items;
  for (const auto row :
       session.read(sql::list_history, facility, patient, names, at, event_id, limit)) {
    items.push_back({to_item(row), row.get<std::optional<std::string>>("doctor_name"),
                     row.get<std::optional<std::string>>("department_name")});
  }
  return items;
}

void add_history(db::Transaction& tx, const Uuid& facility, const domain::Item& item,
                 const Owner& owner) {
  tx.exec(sql::add_history, item.event_id, facility, owner.patient_id, owner.visitor_id,
          owner.prescription_id, item.at, domain::to_string(item.kind), item.event, item.ref_type,
          item.ref_id, item.doctor_id, item.department_id, item.starts_at, item.label);
}

std::optional<Uuid> note_visitor(db::Transaction& tx, const Uuid& facility, const Uuid& visitor,
                                 const std::optional<Uuid>& patient) {
  const auto known = tx.exec(sql::note_visitor, visitor, facility, patient)
                         .front()
                         .get<std::optional<Uuid>>("patient_id");
  if (patient) tx.exec(sql::identify_visitor, visitor, facility, *patient);
  return known;
}

Owner identified(db::Transaction& tx, const Uuid& facility, Owner owner) {
  if (!owner.visitor_id) return owner;
  const auto known = note_visitor(tx, facility, *owner.visitor_id, owner.patient_id);
  if (!owner.patient_id) owner.patient_id = known;
  return owner;
}

Owner owner_of_prescription(db::Transaction& tx, const Uuid& facility, const Uuid& prescription) {
  const auto row = tx.exec(sql::note_prescription, prescription, facility).front();
  return {row.get<std::optional<Uuid>>("patient_id"), row.get<std::optional<Uuid>>("visitor_id"),
          prescription};
}

}  // namespace ambula::patient::store
