#pragma once

#include <optional>
#include <vector>

#include <ambula/db/session.hpp>

#include "scheduling/domain/waiting_request.hpp"

// Waiting requests, and the time that became free for them [SCH-10].
namespace ambula::scheduling::store {

domain::WaitingFacts waiting_facts(db::Transaction& tx, const domain::WaitingRequest& request);
void insert(db::Transaction& tx, const domain::WaitingRequest& request);
std::optional<domain::WaitingRequest> get_waiting_request(db::Session& session,
                                                          const Uuid& facility, const Uuid& id);
std::optional<domain::WaitingRequest> lock_waiting_request(db::Transaction& tx,
                                                           const Uuid& facility, const Uuid& id);
/// Saves status, reason and appointment; answers the new version.
std::int64_t save(db::Transaction& tx, const domain::WaitingRequest& request);

struct WaitingFilter {
  std::optional<domain::WaitingStatus> status;
  std::optional<Uuid> doctor_id;
  std::optional<Uuid> patient_id;
};
/// Oldest first.
std::vector<domain::WaitingRequest> list_waiting_requests(db::Session& session,
                                                          const Uuid& facility,
                                                          const WaitingFilter& filter,
                                                          const std::optional<Uuid>& after,
                                                          int limit);

/// Time of a doctor that became free.
struct Freed {
  Uuid facility_id;
  Uuid doctor_id;
  TimeRange time;
};
/// The oldest that nobody looks at; another process skips it until the transaction ends.
std::optional<Freed> take_freed(db::Transaction& tx);
/// Open requests that this time may suit, locked, the most entitled first.
std::vector<domain::WaitingRequest> waiting_for(db::Transaction& tx, const Freed& freed,
                                                Instant now);

}  // namespace ambula::scheduling::store
