#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "identity/domain/account.hpp"
#include "identity/domain/facility.hpp"

// Event data as in schemas/events; the only file here that knows their JSON.
namespace ambula::identity::events {

std::string encode_facility(const domain::Facility& facility);
std::string encode_account(const domain::Account& account);

/// Which account a doctor's or patient's record names.
struct RecordFact {
  Uuid id;
  std::optional<Uuid> account_id;
};
Result<RecordFact> decode_doctor(std::string_view data);
Result<RecordFact> decode_patient(std::string_view data);

}  // namespace ambula::identity::events
