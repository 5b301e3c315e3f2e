#include <charconv>
#include <chrono>
#include <cstdint>

#include <ambula/db/value_text.hpp>
#include <fmt/format.h>

namespace ambula::db::value_text {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;

constexpr Date last_date{year::max(), std::chrono::December, day{31}};
constexpr Date first_date{year::min(), std::chrono::January, day{1}};
constexpr std::string_view before_christ = " BC";

/// Reads a text from its front; `failed` stays set once something did not fit.
struct Reader {
  std::string_view rest;
  bool failed{false};

  std::int64_t number() {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error != std::errc{} || rest.starts_with('-')) {
      failed = true;
      return 0;
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return value;
  }
  bool accept(std::string_view expected) {
    if (!rest.starts_with(expected)) return false;
    rest.remove_prefix(expected.size());
    return true;
  }
  void require(std::string_view expected) {
    if (!accept(expected)) failed = true;
  }
};

/// PostgreSQL has no year 0: 1 BC is what the calendar of <chrono> calls 0.
std::string day_text(Date date) {
  const int number = static_cast<int>(date.year());
  return fmt::format("{:04}-{:02}-{:02}", number > 0 ? number : 1 - number,
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string_view era_text(Date date) {
  return static_cast<int>(date.year()) > 0 ? std::string_view{} : before_christ;
}

struct RawDay {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

RawDay read_day(Reader& reader) {
  RawDay raw{};
  raw.year = reader.number();
  reader.require("-");
  raw.month = static_cast<unsigned>(reader.number());
  reader.require("-");
  raw.day = static_cast<unsigned>(reader.number());
  return raw;
}

/// Reads the era at the end and finishes the text; nullopt when something did not fit.
std::optional<RawDay> finish(Reader& reader, RawDay raw) {
  if (reader.accept(before_christ)) raw.year = 1 - raw.year;
  if (reader.failed || !reader.rest.empty()) return std::nullopt;
  return raw;
}

std::optional<Date> calendar_day(const RawDay& raw) {
  const Date date{year{static_cast<int>(raw.year)}, month{raw.month}, day{raw.day}};
  if (!date.ok()) return std::nullopt;
  return date;
}

microseconds read_fraction(Reader& reader) {
  if (!reader.accept(".")) return microseconds{0};
  const std::size_t before = reader.rest.size();
  std::int64_t value = reader.number();
  for (std::size_t digits = before - reader.rest.size(); digits < 6; ++digits)
    value *= 10;
  return microseconds{value};
}

microseconds read_time_of_day(Reader& reader) {
  const std::chrono::hours hours{reader.number()};
  reader.require(":");
  const std::chrono::minutes minutes{reader.number()};
  reader.require(":");
  const std::chrono::seconds seconds{reader.number()};
  return hours + minutes + seconds + read_fraction(reader);
}

void append_quoted(std::string& out, std::string_view element) {
  out += '"';
  for (const char c : element) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

/// The reader stands behind the opening quote; ends behind the closing one.
std::string read_quoted(Reader& reader) {
  std::string element;
  while (!reader.rest.empty()) {
    char c = reader.rest.front();
    reader.rest.remove_prefix(1);
    if (c == '"') return element;
    if (c == '\\') {
      if (reader.rest.empty()) break;
      c = reader.rest.front();
      reader.rest.remove_prefix(1);
    }
    element += c;
  }
  reader.failed = true;
  return element;
}

std::optional<std::string> read_element(Reader& reader) {
  if (reader.accept("\"")) return read_quoted(reader);
  const std::size_t end = reader.rest.find_first_of(",}{\"\\");
  if (end == std::string_view::npos || end == 0) {
    reader.failed = true;
    return std::nullopt;
  }
  const std::string_view element = reader.rest.substr(0, end);
  reader.rest.remove_prefix(end);
  if (element == "NULL") return std::nullopt;
  return std::string(element);
}

}  // namespace

std::string of_instant(Instant at) {
  if (at == Instant::max()) return "infinity";
  if (at == Instant::min()) return "-infinity";
  const sys_days midnight = std::chrono::floor<days>(at);
  const std::chrono::hh_mm_ss time{at - midnight};
  const Date date{midnight};
  return fmt::format("{} {:02}:{:02}:{:02}.{:06}+00{}", day_text(date), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count(),
                     era_text(date));
}

std::optional<Instant> to_instant(std::string_view text) {
  if (text == "infinity") return Instant::max();
  if (text == "-infinity") return Instant::min();
  Reader reader{text};
  RawDay raw = read_day(reader);
  reader.require(" ");
  const microseconds time = read_time_of_day(reader);
  reader.require("+00");
  const std::optional<RawDay> read = finish(reader, raw);
  if (!read) return std::nullopt;
  // Years that <chrono> cannot name are as far away as infinity for an outpatient clinic.
  if (read->year > static_cast<int>(year::max())) return Instant::max();
  const std::optional<Date> date = calendar_day(*read);
  if (!date) return std::nullopt;
  return Instant{sys_days{*date}} + time;
}

std::string of_date(Date date) {
  if (date == last_date) return "infinity";
  if (date == first_date) return "-infinity";
  return fmt::format("{}{}", day_text(date), era_text(date));
}

std::optional<Date> to_date(std::string_view text) {
  if (text == "infinity") return last_date;
  if (text == "-infinity") return first_date;
  Reader reader{text};
  const RawDay raw = read_day(reader);
  const std::optional<RawDay> read = finish(reader, raw);
  if (!read) return std::nullopt;
  if (read->year > static_cast<int>(year::max())) return last_date;
  return calendar_day(*read);
}

std::string of_array(const Elements& elements) {
  std::string out = "{";
  for (const std::optional<std::string>& element : elements) {
    if (out.size() > 1) out += ',';
    if (element) {
      append_quoted(out, *element);
    } else {
      out += "NULL";
    }
  }
  out += '}';
  return out;
}

std::optional<Elements> to_array(std::string_view text) {
  Reader reader{text};
  Elements elements;
  reader.require("{");
  if (!reader.failed && reader.rest == "}") return elements;
  while (!reader.failed) {
    elements.push_back(read_element(reader));
    if (reader.accept(",")) continue;
    reader.require("}");
    if (reader.failed || !reader.rest.empty()) return std::nullopt;
    return elements;
  }
  return std::nullopt;
}

}  // namespace ambula::db::value_text
