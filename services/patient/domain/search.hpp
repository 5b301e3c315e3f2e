#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What people type to find somebody [PAT-3].
namespace ambula::patient::domain {

/// What one search field holds: a part of a name, or one of the things that are found whole. A text
/// of digits may be a record number and the end of a phone.
struct Typed {
  std::optional<std::string> name;
  std::optional<std::string> email;
  std::optional<std::string> mrn;
  std::optional<std::string> phone;
};
Typed understand(std::string_view text);

/// The record numbers that a text may mean: as it stands, in capitals, and with the facility's code
/// in front of bare digits.
std::vector<std::string> record_numbers(std::string_view text, std::string_view facility_code);

// Names that are one typo away: a letter too many, too few, wrong, or two swapped. `word` is
// folded. Words of less than four letters have no typos; with four the whole word must be meant, a
// longer one may go on.

/// Half-open ranges of words in byte order that hold every name that `word` may be a beginning of.
using Ranges = std::vector<std::pair<std::string, std::string>>;
Ranges near_ranges(std::string_view word);

/// The same as a regular expression for a folded name with a blank before each word.
std::string near_pattern(std::string_view word);

/// The range of words that begin like this.
std::pair<std::string, std::string> prefix_range(std::string_view beginning);

}  // namespace ambula::patient::domain
