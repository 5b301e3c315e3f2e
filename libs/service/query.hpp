#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>
#include <ambula/http/message.hpp>
#include <ambula/service/answer.hpp>

namespace ambula::service {

/// The position in a keyset-paged list: the sort key of the last row given out. Opaque to clients.
using Cursor = std::vector<std::string>;
std::string encode_cursor(const Cursor& cursor);
std::optional<Cursor> decode_cursor(std::string_view text);

struct PageRequest {
  int limit{50};
  std::optional<Cursor> after;
  std::string list{};  ///< which list this is: a hash of its path
};

struct Period {
  std::optional<Instant> from;
  std::optional<Instant> to;
};

/// Reads query parameters and collects every fault; a parameter never asked for is a fault (400
/// `invalid-request`).
class Query {
 public:
  explicit Query(const http::Request& request) : request_(request) {}

  std::optional<std::string> text(std::string_view name, std::size_t max = 200);
  std::optional<Uuid> uuid(std::string_view name);
  std::optional<Date> date(std::string_view name);
  std::optional<Instant> instant(std::string_view name);
  /// `from` (included) and `to` (excluded): instants, or days of a facility, of which `to` is the
  /// last one. `zone` is asked for when a day is given.
  Period period(const std::function<std::string()>& zone);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  /// One of the names; comma-separated lists are allowed where `many`.
  std::optional<std::size_t> choice(std::string_view name,
                                    const std::vector<std::string_view>& names);
  /// `limit` (1–200, default 50) and `cursor`. `keys`: how many parts the list's cursor has.
  PageRequest page(std::size_t keys);
  /// True for `format=csv`.
  bool csv();
  /// A fault of the caller's own.
  void fault(std::string_view name, std::string_view rule, std::string_view detail);

  std::optional<Error> finish();

 private:
  std::optional<std::string_view> find(std::string_view name);
  const http::Request& request_;
  std::set<std::string, std::less<>> known_;
  std::vector<FieldError> faults_;
};

/// A page from items that are JSON already. The cursor is good for this list only.
Page page_body(const std::vector<std::string>& items, const std::optional<Cursor>& next,
               const PageRequest& page);

/// Where the next page is, as a reference relative to the request: its query with that cursor.
std::string next_link(const http::Request& request, std::string_view cursor);

/// One CSV line (RFC 4180, CRLF) that no spreadsheet takes for a formula.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace ambula::service
