#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "scheduling/domain/appointment.hpp"
#include "scheduling/domain/directory.hpp"

namespace ambula::scheduling::store {

/// The statements of departments or of specialties: two tables of one shape.
struct UnitStatements {
  const db::Statement& insert;
  const db::Statement& lock;
  const db::Statement& save;
  const db::Statement& get;
  const db::Statement& list;
};
extern const UnitStatements department_statements;
extern const UnitStatements specialty_statements;

using TextCursor = std::optional<std::pair<std::string, Uuid>>;

void insert(db::Transaction& tx, const UnitStatements& statements, const domain::Unit& unit,
            const outbox::Events& events);
std::optional<domain::Unit> lock(db::Transaction& tx, const UnitStatements& statements,
                                 const Uuid& facility, const Uuid& id);
std::int64_t save(db::Transaction& tx, const UnitStatements& statements, const domain::Unit& unit,
                  const outbox::Events& events);
std::optional<domain::Unit> get(db::Session& session, const UnitStatements& statements,
                                const Uuid& facility, const Uuid& id);
/// In the order (code, id).
std::vector<domain::Unit> list(db::Session& session, const UnitStatements& statements,
                               const Uuid& facility, std::optional<bool> active,
                               const TextCursor& after, int limit);

void insert(db::Transaction& tx, const domain::Doctor& doctor, const outbox::Events& events);
std::optional<domain::Doctor> lock_doctor(db::Transaction& tx, const Uuid& facility,
                                          const Uuid& id);
std::int64_t save(db::Transaction& tx, const domain::Doctor& doctor, const outbox::Events& events);
std::optional<domain::Doctor> get_doctor(db::Session& session, const Uuid& facility,
                                         const Uuid& id);

struct DoctorFilter {
  std::optional<Uuid> department_id;
  std::optional<std::string> specialty;
  std::optional<bool> active;
  std::optional<std::string> name_part;
};
/// In the order (display_name, id).
std::vector<domain::Doctor> list_doctors(db::Session& session, const Uuid& facility,
                                         const DoctorFilter& filter, const TextCursor& after,
                                         int limit);

/// What keeps a doctor's record from being deleted: names of kinds, empty when never used.
std::vector<std::string> doctor_used_by(db::Transaction& tx, const Uuid& facility,
                                        const Uuid& doctor);
void delete_doctor(db::Transaction& tx, const Uuid& facility, const Uuid& doctor,
                   const outbox::Events& events);

/// Whether the account is an active doctor's in this facility; nullopt: not known here.
std::optional<bool> account_is_doctor(db::Transaction& tx, const Uuid& facility,
                                      const Uuid& account);

}  // namespace ambula::scheduling::store
