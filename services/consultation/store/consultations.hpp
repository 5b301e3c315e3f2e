#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "consultation/domain/consultation.hpp"
#include "consultation/domain/prescription.hpp"

namespace ambula::consultation::store {

/// What may be started, as the projections know it; nullopt: not known here.
std::optional<domain::Visit> visit_of_appointment(db::Transaction& tx, const Uuid& facility,
                                                  const Uuid& appointment);
std::optional<domain::Visit> visit_of_entry(db::Transaction& tx, const Uuid& facility,
                                            const Uuid& entry);

/// False: the visit has a live consultation already. `history`: names of the transitions.
bool insert(db::Transaction& tx, const domain::Consultation& consultation,
            const std::vector<std::string>& history, const outbox::Events& events);

struct Locked {
  domain::Consultation consultation;
  std::optional<domain::Rules> rules;  ///< absent: the facility is not known here yet
};
std::optional<Locked> lock(db::Transaction& tx, const Uuid& facility, const Uuid& id);

/// The state after a decision, its history and events; answers the new version.
std::int64_t save(db::Transaction& tx, const domain::Consultation& consultation,
                  const std::vector<std::string>& history, const outbox::Events& events);
void insert_addendum(db::Transaction& tx, const domain::Consultation& consultation,
                     const domain::Addendum& addendum);

std::optional<domain::Consultation> get(db::Session& session, const Uuid& facility, const Uuid& id);

/// Who reads a list, and so what it shows; an absent one shows nothing.
struct Reader {
  std::optional<Uuid> doctor_id;   ///< own work and that about patients on their list
  std::optional<Uuid> patient_id;  ///< what a patient may see of their own
};
struct ListFilter {
  std::optional<Uuid> patient_id;
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> appointment_id;
  std::optional<Uuid> queue_entry_id;
  std::optional<domain::Status> status;
  std::optional<Instant> from;
  std::optional<Instant> to;
};
using TimeCursor = std::optional<std::pair<Instant, Uuid>>;
/// Newest first.
std::vector<domain::Consultation> list(db::Session& session, const Uuid& facility,
                                       const ListFilter& filter, const Reader& reader, Instant now,
                                       const TimeCursor& after, int limit);

/// Whether the patient, or the visitor who is none yet, is on the doctor's list.
bool is_on_list(db::Session& session, const Uuid& facility, const Uuid& doctor, Instant now,
                const std::optional<Uuid>& patient, const std::optional<Uuid>& visitor);
bool knows_patient(db::Session& session, const Uuid& facility, const Uuid& patient);

}  // namespace ambula::consultation::store
