#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ambula/base/result.hpp>

#include "identity/domain/account.hpp"

namespace ambula::identity::domain {

/// What a facility may set, with the defaults of the API.
struct FacilitySettings {
  int day_cap{12};
  int urgent_seats{0};
  bool desk_may_complete{true};
  int no_show_grace_min{30};
  int max_calls{3};
  int staging_factor{6};
  std::vector<int> reminders_min{1440, 120};
  int prescription_days{90};
  int reservation_h{24};
  int visitor_days{90};
  std::vector<std::string> stock_digest_to;

  bool operator==(const FacilitySettings&) const = default;
};

struct Facility {
  Uuid id;
  std::string code;
  std::string name;
  std::string zone;
  std::string currency;
  std::string locale;
  std::optional<std::string> address;
  std::optional<std::string> phone;
  FacilitySettings settings;
  /// Its wall clock can change no more: local days, tickets and hours were computed with it.
  bool zone_frozen{false};
  Record record;
};

/// Zone of this machine's tz database, currency of three capitals, a language tag, a code of two to
/// ten capitals and digits (record numbers begin with it), urgent seats within the day's cap.
Result<void> check_facility(const Facility& facility);

}  // namespace ambula::identity::domain
