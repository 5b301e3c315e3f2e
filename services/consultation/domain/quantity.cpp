#include "quantity.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <ambula/base/text.hpp>

namespace ambula::consultation::domain {
namespace {

/// A fraction; `per` is never 0.
struct Ratio {
  std::int64_t count;
  std::int64_t per;
};

using Words = std::vector<std::string_view>;

constexpr int number_max = 1000;
constexpr int day_h = 24;
constexpr std::size_t parts_of_day_max = 6;

constexpr std::array<std::string_view, 25> pieces = {
    "tablet", "tablets",     "tab",           "tabs",    "capsule", "capsules", "cap",
    "caps",   "pill",        "pills",         "sachet",  "sachets", "ampoule",  "ampoules",
    "vial",   "vials",       "patch",         "patches", "lozenge", "lozenges", "piece",
    "pieces", "suppository", "suppositories", "pessary"};

constexpr std::array<std::pair<std::string_view, int>, 8> number_words = {{{"one", 1},
                                                                           {"once", 1},
                                                                           {"two", 2},
                                                                           {"twice", 2},
                                                                           {"three", 3},
                                                                           {"thrice", 3},
                                                                           {"four", 4},
                                                                           {"six", 6}}};

/// Ways to say how often that are no sum of parts.
constexpr std::array<std::pair<std::string_view, Ratio>, 33> phrases = {{
    {"daily", {1, 1}},
    {"every day", {1, 1}},
    {"od", {1, 1}},
    {"qd", {1, 1}},
    {"at night", {1, 1}},
    {"nightly", {1, 1}},
    {"every night", {1, 1}},
    {"at bedtime", {1, 1}},
    {"nocte", {1, 1}},
    {"hs", {1, 1}},
    {"in the morning", {1, 1}},
    {"every morning", {1, 1}},
    {"mane", {1, 1}},
    {"in the evening", {1, 1}},
    {"every evening", {1, 1}},
    {"at noon", {1, 1}},
    {"bd", {2, 1}},
    {"bid", {2, 1}},
    {"morning and evening", {2, 1}},
    {"tds", {3, 1}},
    {"tid", {3, 1}},
    {"qds", {4, 1}},
    {"qid", {4, 1}},
    {"every other day", {1, 2}},
    {"on alternate days", {1, 2}},
    {"alternate days", {1, 2}},
    {"every second day", {1, 2}},
    {"weekly", {1, 7}},
    {"once weekly", {1, 7}},
    {"once a week", {1, 7}},
    {"every week", {1, 7}},
    {"twice weekly", {2, 7}},
    {"twice a week", {2, 7}},
}};

/// What may stand behind it without changing how often.
constexpr std::array<std::string_view, 9> endings = {
    "after food", "before food", "with food",           "after meals", "before meals",
    "with meals", "with water",  "on an empty stomach", "by mouth"};

std::string plain(std::string_view text) {
  std::string words;
  for (const char c : to_lower_ascii(trim(text))) {
    const bool blank = c == ' ' || c == '\t' || c == ',' || c == '.';
    // A dot within a number stays: "1.5".
    const bool in_number = c == '.' && !words.empty() && words.back() >= '0' && words.back() <= '9';
    if (!blank || in_number) {
      words += c;
    } else if (!words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  while (!words.empty() && (words.back() == ' ' || words.back() == '.'))
    words.pop_back();
  return words;
}

std::optional<std::int64_t> whole(std::string_view text) {
  const auto number = parse_int(text);
  if (!number || *number < 1 || *number > number_max || text.front() == '+') return std::nullopt;
  return *number;
}

/// "2", "1/2", "0.5", "half", "two".
std::optional<Ratio> amount(std::string_view text) {
  for (const auto& [word, number] : number_words) {
    if (word == text) return Ratio{number, 1};
  }
  if (text == "half" || text == "½") return Ratio{1, 2};
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto above = whole(text.substr(0, slash));
    const auto below = whole(text.substr(slash + 1));
    return above && below ? std::optional(Ratio{*above, *below}) : std::nullopt;
  }
  if (const auto dot = text.find('.'); dot != std::string_view::npos) {
    const auto before =
        text.substr(0, dot) == "0" ? std::optional<std::int64_t>(0) : whole(text.substr(0, dot));
    const auto tenths = whole(text.substr(dot + 1));
    const bool one_digit = text.size() == dot + 2;
    return before && tenths && one_digit ? std::optional(Ratio{*before * 10 + *tenths, 10})
                                         : std::nullopt;
  }
  const auto number = whole(text);
  return number ? std::optional(Ratio{*number, 1}) : std::nullopt;
}

std::optional<Ratio> pieces_of(std::string_view dose) {
  const auto text = plain(dose);
  const auto blank = text.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  const auto piece = std::string_view(text).substr(blank + 1);
  if (std::ranges::find(pieces, piece) == pieces.end()) return std::nullopt;
  return amount(std::string_view(text).substr(0, blank));
}

/// "1-0-1": so many in the morning, at noon, at night.
std::optional<Ratio> parts_of_day(std::string_view text) {
  const auto parts = split(text, '-');
  if (parts.size() < 3 || parts.size() > parts_of_day_max) return std::nullopt;
  std::int64_t sum = 0;
  for (const auto part : parts) {
    if (part.size() != 1 || part[0] < '0' || part[0] > '9') return std::nullopt;
    sum += part[0] - '0';
  }
  return sum > 0 ? std::optional(Ratio{sum, 1}) : std::nullopt;
}

/// "every 8 hours", "8 hourly", "q8h".
std::optional<Ratio> every_hours(std::string_view text, const Words& words) {
  std::optional<std::int64_t> hours;
  if (words.size() == 3 && words[0] == "every" &&
      (words[2] == "hours" || words[2] == "hrs" || words[2] == "h"))
    hours = whole(words[1]);
  if (words.size() == 2 && words[1] == "hourly") hours = whole(words[0]);
  if (words.size() == 1 && text.size() > 2 && text.front() == 'q' && text.back() == 'h')
    hours = whole(text.substr(1, text.size() - 2));
  if (!hours || *hours > day_h || day_h % *hours != 0) return std::nullopt;
  return Ratio{day_h / *hours, 1};
}

/// "3 times a day", "twice daily", "3x daily", "once a day".
std::optional<Ratio> times_a_day(Words words) {
  if (words.empty()) return std::nullopt;
  auto first = words.front();
  const bool with_x = first.size() > 1 && first.back() == 'x';
  if (with_x) first.remove_suffix(1);
  const auto times = amount(first);
  if (!times || times->per != 1) return std::nullopt;
  words.erase(words.begin());
  const bool counted = first == "once" || first == "twice" || first == "thrice" || with_x;
  if (!words.empty() &&
      (words.front() == "times" || words.front() == "time" || words.front() == "x")) {
    words.erase(words.begin());
  } else if (!counted) {
    return std::nullopt;
  }
  const bool daily = words == Words{"daily"};
  const bool a_day =
      words == Words{"a", "day"} || words == Words{"per", "day"} || words == Words{"each", "day"};
  return daily || a_day ? times : std::nullopt;
}

std::string_view without_ending(std::string_view text) {
  for (const auto ending : endings) {
    if (text.size() > ending.size() && text.ends_with(ending)) {
      return trim(text.substr(0, text.size() - ending.size()));
    }
  }
  return text;
}

std::optional<Ratio> takings_a_day(std::string_view frequency) {
  const auto all = plain(frequency);
  const auto text = without_ending(all);
  if (text.empty()) return std::nullopt;
  for (const auto& [phrase, takings] : phrases) {
    if (phrase == text) return takings;
  }
  if (const auto parts = parts_of_day(text)) return parts;
  const auto words = split(text, ' ');
  if (const auto hours = every_hours(text, words)) return hours;
  return times_a_day(words);
}

}  // namespace

std::optional<int> derived_quantity(std::string_view dose, std::string_view frequency,
                                    std::optional<int> duration_days) {
  const auto each = pieces_of(dose);
  const auto takings = takings_a_day(frequency);
  if (!each || !takings || !duration_days || *duration_days < 1) return std::nullopt;
  const auto pieces_taken = each->count * takings->count * *duration_days;
  const auto per = each->per * takings->per;
  const auto quantity = (pieces_taken + per - 1) / per;
  if (quantity > quantity_max) return std::nullopt;
  return static_cast<int>(quantity);
}

}  // namespace ambula::consultation::domain
