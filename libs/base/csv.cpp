#include "csv.hpp"

#include <algorithm>

#include "text.hpp"

namespace ambula {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<std::vector<CsvRecord>> read() {
    std::vector<CsvRecord> records;
    while (at_ < text_.size()) {
      CsvRecord record{.line = line_, .cells = {}};
      bool quoted = false;
      do {
        auto cell = read_cell(quoted);
        if (!cell) return cell.error();
        record.cells.push_back(*std::move(cell));
      } while (skip(','));
      if (!end_line()) return fault("Something stands behind a closing quote.");
      const bool empty = record.cells.size() == 1 && record.cells.front().empty() && !quoted;
      if (!empty) records.push_back(std::move(record));
    }
    return records;
  }

 private:
  bool skip(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool end_line() {
    if (at_ == text_.size()) return true;
    (void)skip('\r');
    if (!skip('\n')) return false;
    ++line_;
    return true;
  }

  Result<std::string> read_cell(bool& quoted) {
    if (skip('"')) {
      quoted = true;
      return read_quoted();
    }
    const auto end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    const auto cell = text_.substr(at_, end - at_);
    at_ = end;
    if (cell.find('"') != std::string_view::npos) return fault("A quote stands inside a cell.");
    return std::string(cell);
  }

  Result<std::string> read_quoted() {
    const auto begun = line_;
    std::string cell;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"' && !skip('"')) return cell;
      if (c == '\n') ++line_;
      cell += c;
    }
    line_ = begun;
    return fault("A quoted cell is never closed.");
  }

  Error fault(std::string_view what) const {
    return rule_broken("invalid-csv", "Line " + std::to_string(line_) + ": " + std::string(what));
  }

  std::string_view text_;
  std::size_t at_{0};
  std::size_t line_{1};
};

}  // namespace

Result<std::vector<CsvRecord>> parse_csv(std::string_view text) {
  if (!is_utf8(text)) return rule_broken("invalid-csv", "The file is not UTF-8.");
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  return Reader(text).read();
}

}  // namespace ambula
