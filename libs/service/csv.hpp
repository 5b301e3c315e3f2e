#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/service/answer.hpp>

namespace ambula::service {

using CsvLines = std::vector<std::vector<std::string>>;
/// The next lines of a table, made on a worker; none: it has ended. Keeps its own position.
using NextCsvLines = std::function<CsvLines(db::Session&)>;

/// How many lines a `NextCsvLines` reads at a time.
inline constexpr int csv_batch_lines = 1000;

/// 200 with a table as text/csv, streamed batch after batch: any size in little memory [REP-3].
Answer csv(std::string_view filename, std::vector<std::string> head, NextCsvLines next);

}  // namespace ambula::service
