#include "query.hpp"

#include <algorithm>

#include <ambula/base/text.hpp>
#include <ambula/base/zone.hpp>
#include <ambula/http/head.hpp>
#include <fmt/format.h>

namespace ambula::service {
namespace {

constexpr char part_separator = '\x1f';

/// "-12", "-0.50": what no spreadsheet can take for anything but a number.
bool is_negative_number(std::string_view cell) {
  if (cell.size() < 2 || cell.front() != '-') return false;
  const auto dot = cell.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return digits(cell.substr(1, dot == std::string_view::npos ? dot : dot - 1)) &&
         (dot == std::string_view::npos || digits(cell.substr(dot + 1)));
}

bool is_name(std::string_view text) {
  return text.size() <= 32 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

/// A short name of the list: FNV-1a of its path, 64 bits. It guards against mistakes; what a
/// made-up cursor can reach is bounded by the query all the same. A position is good for any
/// filter.
std::string list_of(const http::Request& request) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : request.path)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return fmt::format("{:016x}", hash);
}

}  // namespace

std::string encode_cursor(const Cursor& cursor) {
  std::string joined;
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    if (i > 0) joined += part_separator;
    joined += cursor[i];
  }
  return base64url_encode(joined);
}

std::optional<Cursor> decode_cursor(std::string_view text) {
  const auto joined = base64url_decode(text);
  if (!joined || !is_utf8(*joined)) return std::nullopt;
  Cursor cursor;
  for (const auto part : split(*joined, part_separator))
    cursor.emplace_back(part);
  return cursor;
}

std::optional<std::string_view> Query::find(std::string_view name) {
  known_.emplace(name);
  std::optional<std::string_view> found;
  for (const auto& [key, value] : request_.query) {
    if (key != name) continue;
    if (found) {
      fault(name, "repeated", "May be given once.");
      return found;
    }
    found = value;
  }
  return found;
}

std::optional<std::string> Query::text(std::string_view name, std::size_t max) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto trimmed = trim(*value);
  if (trimmed.empty() || code_points(trimmed) > max || has_control(trimmed, false)) {
    fault(name, "length", "Must be 1 to " + std::to_string(max) + " characters on one line.");
    return std::nullopt;
  }
  return std::string(trimmed);
}

std::optional<Uuid> Query::uuid(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto id = Uuid::parse(*value);
  if (!id) fault(name, "format", "Must be a UUID.");
  return id;
}

std::optional<Date> Query::date(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto date = parse_date(*value);
  if (!date) fault(name, "format", "Must be a date, YYYY-MM-DD.");
  return date;
}

std::optional<Instant> Query::instant(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto at = parse_instant(*value);
  if (!at) fault(name, "format", "Must be an RFC 3339 instant with offset.");
  return at;
}

Period Query::period(const std::function<std::string()>& zone) {
  const auto read = [&](std::string_view name, Instant TimeRange::*edge) -> std::optional<Instant> {
    const auto value = find(name);
    if (!value) return std::nullopt;
    if (const auto date = parse_date(*value)) return local_day(zone(), *date).*edge;
    const auto at = parse_instant(*value);
    if (!at) fault(name, "format", "Must be an RFC 3339 instant with offset, or a date.");
    return at;
  };
  return {.from = read("from", &TimeRange::from), .to = read("to", &TimeRange::to)};
}

std::optional<bool> Query::boolean(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  if (*value == "true") return true;
  if (*value == "false") return false;
  fault(name, "format", "Must be true or false.");
  return std::nullopt;
}

std::optional<std::int64_t> Query::integer(std::string_view name, std::int64_t min,
                                           std::int64_t max) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto number = parse_int(*value);
  if (!number || *number < min || *number > max) {
    fault(
        name, "range",
        "Must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ".");
    return std::nullopt;
  }
  return *number;
}

std::optional<std::size_t> Query::choice(std::string_view name,
                                         const std::vector<std::string_view>& names) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  std::string list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == *value) return i;
    list += (i > 0 ? ", " : "") + std::string(names[i]);
  }
  fault(name, "choice", "Must be one of " + list + ".");
  return std::nullopt;
}

PageRequest Query::page(std::size_t keys) {
  PageRequest page;
  page.limit = static_cast<int>(integer("limit", 1, 200).value_or(50));
  page.list = list_of(request_);
  if (const auto text = find("cursor")) {
    page.after = decode_cursor(*text);
    if (page.after && page.after->size() == keys + 1 && page.after->front() == page.list) {
      page.after->erase(page.after->begin());
    } else {
      page.after.reset();
      fault("cursor", "format", "Must be a cursor of an earlier answer of this list.");
    }
  }
  return page;
}

bool Query::csv() {
  return choice("format", {"json", "csv"}) == std::size_t{1};
}

void Query::fault(std::string_view name, std::string_view rule, std::string_view detail) {
  faults_.push_back({std::string(name), std::string(rule), std::string(detail)});
}

std::optional<Error> Query::finish() {
  for (const auto& [key, value] : request_.query) {
    // Only what looks like a name is repeated: the rest comes from outside and could be anything.
    if (!known_.contains(key))
      fault(is_name(key) ? key : "", "unknown-parameter", "The query has an unknown parameter.");
  }
  if (faults_.empty()) return std::nullopt;
  return Error{ErrorKind::malformed, "invalid-request", "The query is not valid.", faults_};
}

Page page_body(const std::vector<std::string>& items, const std::optional<Cursor>& next,
               const PageRequest& page) {
  std::size_t size = 64;
  for (const auto& item : items)
    size += item.size() + 1;
  std::string body;
  body.reserve(size);
  body += R"({"items":[)";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) body += ',';
    body += items[i];
  }
  body += R"(],"next_cursor":)";
  if (!next) return {body + "null}", std::nullopt};
  Cursor bound{page.list};
  bound.insert(bound.end(), next->begin(), next->end());
  auto cursor = encode_cursor(bound);
  return {body + json_quote(cursor) + "}", std::move(cursor)};
}

std::string next_link(const http::Request& request, std::string_view cursor) {
  std::string query = "?";
  for (const auto& [name, value] : request.query) {
    if (name == "cursor") continue;
    query += http::percent_encode(name) + "=" + http::percent_encode(value) + "&";
  }
  return "<" + query + "cursor=" + std::string(cursor) + R"(>; rel="next")";
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    std::string cell = cells[i];
    // A leading =, +, -, @, tab or CR makes spreadsheets calculate: OWASP's apostrophe stops that.
    if (!cell.empty() && !is_negative_number(cell) &&
        std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos) {
      cell.insert(cell.begin(), '\'');
    }
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line + "\r\n";
}

}  // namespace ambula::service
