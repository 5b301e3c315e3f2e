#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "consultation/domain/prescription.hpp"
#include "consultations.hpp"

namespace ambula::consultation::store {

/// The next of the facility's numbers of a local year, "RX-2026-000123". Holds the counter until
/// the end of the transaction, so it is called right before `insert`.
std::string next_number(db::Transaction& tx, const Uuid& facility, int year);

void insert(db::Transaction& tx, const domain::Prescription& prescription,
            const std::vector<std::string>& history, const outbox::Events& events);

struct LockedPrescription {
  domain::Prescription prescription;
  std::optional<domain::Rules> rules;  ///< absent: the facility is not known here yet
};
std::optional<LockedPrescription> lock_prescription(db::Transaction& tx, const Uuid& facility,
                                                    const Uuid& id);
/// The DRAFT ones of a consultation, in the order of their ids.
std::vector<domain::Prescription> lock_drafts(db::Transaction& tx, const Uuid& facility,
                                              const Uuid& consultation);

/// The state after a decision, its history and events; answers the new version.
std::int64_t save(db::Transaction& tx, const domain::Prescription& prescription,
                  const std::vector<std::string>& history, const outbox::Events& events);

/// The items of a draft that was edited.
void replace_items(db::Transaction& tx, const domain::Prescription& prescription);

std::optional<domain::Prescription> get_prescription(db::Session& session, const Uuid& facility,
                                                     const Uuid& id);

struct PrescriptionFilter {
  std::optional<Uuid> patient_id;
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> consultation_id;
  std::optional<domain::RxStatus> status;
  std::optional<Instant> from;
  std::optional<Instant> to;
};
/// Newest first.
std::vector<domain::Prescription> list(db::Session& session, const Uuid& facility,
                                       const PrescriptionFilter& filter, const Reader& reader,
                                       Instant now, const TimeCursor& after, int limit);

/// Whether a prescription may be replaced by one of this person.
bool is_replaceable(db::Transaction& tx, const Uuid& facility, const Uuid& id,
                    const std::optional<Uuid>& patient, const std::optional<Uuid>& visitor);

struct KnownMedicine {
  Uuid id;
  domain::Medicine medicine;
  bool active{false};
};
std::vector<KnownMedicine> medicines(db::Transaction& tx, const Uuid& facility,
                                     const std::vector<Uuid>& ids);

/// Names for the printed prescription.
struct DocumentHead {
  std::string facility_name;
  std::optional<std::string> address;
  std::optional<std::string> phone;
  std::string zone;
  std::optional<std::string> doctor_name;
  std::optional<std::string> patient_name;
  std::optional<std::string> mrn;
  std::optional<Date> birth_date;
};
std::optional<DocumentHead> document_head(db::Session& session, const Uuid& facility,
                                          const Uuid& prescription);

}  // namespace ambula::consultation::store
