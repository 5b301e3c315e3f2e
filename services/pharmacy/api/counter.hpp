#pragma once

#include <ambula/base/zone.hpp>
#include <ambula/service/call.hpp>

#include "pharmacy/store/prescriptions.hpp"

// What the handlers share.
namespace ambula::pharmacy::api {

/// The facility and its today; 404 or wait while it is not known here.
struct Scene {
  store::Facility facility;
  Date today;
};
Result<Scene> scene(service::Call& call);

/// A prescription with the lots of its medicines, all locked (lots first: that order is the same
/// everywhere).
struct Locked {
  domain::Prescription state;
  std::vector<domain::Lot> lots;
};
/// `more`: medicines that its lines are about to be mapped to. 404, 412.
Result<Locked> lock(service::Call& call, db::Transaction& tx, const std::vector<Uuid>& more = {});

/// The patient of an answer, for the audit.
std::vector<Uuid> patient_of(const std::optional<Uuid>& patient);

/// The position after which a list of instants goes on.
Result<store::After> after_of(const service::PageRequest& page);

}  // namespace ambula::pharmacy::api
