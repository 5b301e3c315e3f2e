#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>

namespace ambula {

/// One record of a CSV file and the line of the file on which it begins, for messages to people.
struct CsvRecord {
  std::size_t line{1};
  std::vector<std::string> cells;
};

/// Reads RFC 4180: quoted cells may hold commas, quotes (doubled) and line breaks; lines end with
/// CRLF or LF; a byte order mark at the start is skipped; empty lines are no records. Error: 422
/// `invalid-csv` with the line in its detail, for text that is not UTF-8, a quote that is never
/// closed, or something behind a closing quote.
Result<std::vector<CsvRecord>> parse_csv(std::string_view text);

}  // namespace ambula
