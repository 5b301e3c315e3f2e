#pragma once

#include <string>
#include <string_view>

// Phones as they are dialled: one number has many notations, and is found by any of them [PAT-3].
// docs/adr/0004 says why this is not libphonenumber.
namespace ambula::patient::domain {

/// The country ("IN") in which numbers without a country's code are meant: that of the facility's
/// zone, else that of its locale; empty when neither tells.
std::string phone_region(std::string_view zone, std::string_view locale);

/// Digits of the international number ("919876543210"), of a number written in that country;
/// without a known country its digits without zeros in front.
std::string phone_digits(std::string_view text, std::string_view region);

/// What is looked for at the end of `phone_digits`: the number, or its last digits, as somebody in
/// that country writes it.
std::string phone_ending(std::string_view text, std::string_view region);

}  // namespace ambula::patient::domain
