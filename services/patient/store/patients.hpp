#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "patient/domain/patient.hpp"

namespace ambula::patient::store {

struct Facility {
  std::string code;
  std::string zone;
  std::string locale;
  std::string phone_region;  ///< domain::phone_region
};
/// nullopt: not known here yet.
std::optional<Facility> facility(db::Transaction& tx, const Uuid& id);
std::optional<Facility> facility(db::Session& session, const Uuid& id);

/// The next number of the facility's records, held until the commit; call it last before `insert`.
std::int64_t draw_mrn(db::Transaction& tx, const Uuid& facility);
void insert(db::Transaction& tx, const domain::Patient& patient, const outbox::Events& events);

/// Without its allergies.
std::optional<domain::Patient> get(db::Session& session, const Uuid& facility, const Uuid& id);

struct Locked {
  domain::Patient patient;
  std::string zone;
};
/// With the allergies as they are now, because every event tells the whole record.
std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id);
struct Hidden {
  domain::Patient patient;
  bool email_free;
  bool account_free;
};
/// A deleted record that is not purged yet.
std::optional<Hidden> lock_deleted(db::Transaction& tx, const Uuid& facility, const Uuid& id);
/// Saves what may change; answers the new version.
std::int64_t save(db::Transaction& tx, const domain::Patient& patient,
                  const outbox::Events& events);

/// Events for the patient's key in ambula.patient-binding.v1.
void tell_binding(db::Transaction& tx, const domain::Patient& patient,
                  const outbox::Events& events);

/// The kinds of what depends on a record, "APPOINTMENT" … "CONDITION".
std::vector<std::string> dependants(db::Transaction& tx, const Uuid& facility, const Uuid& id);
/// Deleted records whose time is over: (id, facility), a bounded number.
std::vector<std::pair<Uuid, Uuid>> due_purges(db::Session& session, Instant deleted_before);
void purge(db::Transaction& tx, const domain::Patient& patient, const outbox::Events& events);
/// Whether the record is hidden; cheap, without a lock.
bool is_deleted(db::Transaction& tx, const Uuid& facility, const Uuid& id);

/// Filters narrow each other.
struct ListFilter {
  std::optional<domain::Status> status;
  std::optional<std::string> q;      ///< words of the name
  std::optional<std::string> phone;  ///< the end of its digits (domain::phone_ending)
  std::optional<std::string> email;
  std::optional<std::vector<std::string>> mrn;  ///< one of these
  std::optional<std::vector<Uuid>> ids;         ///< one of these
  bool own{false};                              ///< only the two below
  std::optional<Uuid> patient_id;               ///< this one
  std::optional<Uuid> doctor_id;                ///< on this doctor's list at `now`
  Instant now;
};
/// Where a page goes on: the part of a search (0 when it has one part only), and the last record.
struct ListPosition {
  std::size_t part{0};
  Uuid id;
};
struct Page {
  std::vector<domain::Patient> patients;
  std::optional<ListPosition> next;
};
/// By name; of a search for names, who is called exactly so before whose name begins so. When that
/// is nobody, one page of people whose name is one typo away.
Page list(db::Session& session, const Uuid& facility, const ListFilter& filter,
          const std::optional<ListPosition>& after, int limit);

/// Whether the patient is on the doctor's list at `now`.
bool is_on_list(db::Session& session, const Uuid& facility, const Uuid& doctor, Instant now,
                const Uuid& patient);

}  // namespace ambula::patient::store
