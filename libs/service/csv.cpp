#include "csv.hpp"

#include "query.hpp"

namespace ambula::service {

Answer csv(std::string_view filename, std::vector<std::string> head, NextCsvLines next) {
  Answer answer;
  answer.content_type = "text/csv; charset=utf-8";
  answer.headers.emplace_back("content-disposition",
                              "attachment; filename=\"" + std::string(filename) + "\"");
  answer.stream = [head = std::move(head), next = std::move(next),
                   begun = false](db::Session& session) mutable -> std::optional<std::string> {
    std::string piece;
    if (!std::exchange(begun, true)) piece = csv_line(head);
    const auto lines = next(session);
    for (const auto& line : lines)
      piece += csv_line(line);
    if (piece.empty()) return std::nullopt;
    return piece;
  };
  return answer;
}

}  // namespace ambula::service
