#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

namespace ambula::patient::domain {

/// The check digit of ISO 7064 MOD 11,10 for a text of decimal digits: finds every single wrong
/// digit and nearly every swap of neighbours.
char check_digit(std::string_view digits);

/// Whether the last digit is the check digit of those before it.
bool has_valid_check_digit(std::string_view digits);

/// The medical record number `<facility code>-<7 digits><check digit>` of the n-th record. Refused
/// once the seven digits are used up.
Result<std::string> make_mrn(std::string_view facility_code, std::int64_t number);

}  // namespace ambula::patient::domain
