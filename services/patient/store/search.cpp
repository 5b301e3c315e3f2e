#include "patient/domain/search.hpp"

#include <algorithm>
#include <patient/sql.hpp>

#include "patients.hpp"
#include "rows.hpp"

// Lists of patients: each way of finding somebody is a statement with an index of its own [PAT-3].
namespace ambula::patient::store {
namespace {

using Text = std::optional<std::string>;

// As far as search_words counts.
constexpr int people_max = 500;
// How many people are looked at in all when each of two words is one that many have.
constexpr int looked_at_max = 2000;
// Fewer letters begin so many words that looking up each of these takes longer than it saves.
constexpr std::size_t pair_letters_min = 3;

/// A word of a search, folded, and how many people have a word that begins so (up to people_max).
struct Word {
  std::string text;
  int people;
};
using Words = std::vector<Word>;

/// The sort key of the last row of the page before; before everything on the first page.
struct Start {
  std::string word;
  std::string name_key;
  Uuid id;
};

Text status_of(const ListFilter& filter) {
  if (!filter.status) return std::nullopt;
  return std::string(domain::to_string(*filter.status));
}

Words words_of(db::Session& session, const Uuid& facility, const std::string& q) {
  Words words;
  for (const auto row : session.read(sql::search_words, facility, q)) {
    words.push_back({row.get<std::string>("word"), row.get<int>("people")});
  }
  return words;
}

/// For LIKE: a word of the name begins so. Folded words have no wildcards.
std::vector<std::string> beginnings(const Words& words) {
  std::vector<std::string> patterns;
  for (const auto& word : words)
    patterns.push_back("% " + word.text + "%");
  return patterns;
}

std::vector<std::string> near_patterns(const Words& words) {
  std::vector<std::string> patterns;
  for (const auto& word : words)
    patterns.push_back(domain::near_pattern(word.text));
  return patterns;
}

/// The word that the fewest people have, the longest of equals: the others only filter.
std::size_t rarest(const Words& words) {
  const auto found = std::ranges::min_element(words, [](const Word& one, const Word& other) {
    return one.people != other.people ? one.people < other.people
                                      : one.text.size() > other.text.size();
  });
  return static_cast<std::size_t>(found - words.begin());
}

/// nullopt: the cursor's record is gone, and so is its place.
std::optional<Start> start_of(db::Session& session, const Uuid& facility,
                              const std::optional<ListPosition>& after, const Text& beginning) {
  if (!after) return Start{beginning.value_or(""), "", Uuid{}};
  const auto rows = session.read(sql::position_of, after->id, facility, beginning);
  if (rows.empty()) return std::nullopt;
  return Start{rows.front().get<std::string>("word"), rows.front().get<std::string>("name_key"),
               after->id};
}

void add(std::vector<domain::Patient>& patients, const db::Rows& rows) {
  for (const auto row : rows)
    patients.push_back(to_patient(row));
}

Page page_of(const db::Rows& rows, std::size_t part, int limit) {
  Page page;
  add(page.patients, rows);
  if (page.patients.size() > static_cast<std::size_t>(limit)) {
    page.patients.pop_back();
    page.next = ListPosition{part, page.patients.back().id};
  }
  return page;
}

/// What a page has already, and has room for.
struct Room {
  std::vector<Uuid> known;
  int rest;
};

Room room_of(const Page& page, int limit) {
  Room room{{}, limit - static_cast<int>(page.patients.size())};
  for (const auto& patient : page.patients)
    room.known.push_back(patient.id);
  return room;
}

struct Bounds {
  std::vector<std::string> low;
  std::vector<std::string> high;
};

Bounds bounds_of(domain::Ranges ranges) {
  Bounds bounds;
  for (auto& [from, to] : ranges) {
    bounds.low.push_back(std::move(from));
    bounds.high.push_back(std::move(to));
  }
  return bounds;
}

/// Beside words that many have: the typos that are somebody's name first, then who has both.
db::Rows near_beside(db::Session& session, const Uuid& facility, const ListFilter& filter,
                     const Words& others, const Bounds& typos, const Room& room) {
  std::vector<std::string> names;
  for (const auto row : session.read(sql::near_words, facility, typos.low, typos.high))
    names.push_back(row.get<std::string>("word"));
  std::vector<std::string> texts;
  for (const auto& other : others)
    texts.push_back(other.text);
  const auto looked_at = looked_at_max / std::max(1, static_cast<int>(names.size()));
  return session.read(sql::search_beside, facility, status_of(filter), names, texts,
                      beginnings(others), room.known, room.rest, looked_at);
}

/// One word with its typo, the others as they are typed. Few people have a rare other word: they
/// are looked at one by one; else the word's typos are looked up.
void add_near(Page& page, db::Session& session, const Uuid& facility, const ListFilter& filter,
              const Words& words, std::size_t typo, int limit) {
  auto others = words;
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(typo));
  const auto rare = others.empty() ? Word{"", people_max} : others[rarest(others)];
  auto ranges = domain::near_ranges(words[typo].text);
  const auto room = room_of(page, limit);
  if (ranges.empty() || rare.people == 0 || room.rest <= 0) return;
  if (!others.empty() && rare.people >= people_max) {
    return add(page.patients,
               near_beside(session, facility, filter, others, bounds_of(std::move(ranges)), room));
  }
  std::vector<std::string> patterns;
  if (!others.empty()) {
    patterns.push_back(domain::near_pattern(words[typo].text));
    ranges = {domain::prefix_range(rare.text)};
  }
  const auto bounds = bounds_of(std::move(ranges));
  add(page.patients,
      session.read(sql::search_near_names, facility, status_of(filter), bounds.low, bounds.high,
                   patterns, beginnings(others), room.known, room.rest));
}

Page search_names(db::Session& session, const Uuid& facility, const ListFilter& filter,
                  const Words& words, const std::optional<ListPosition>& after, int limit) {
  if (after && after->part >= words.size()) return {};
  const auto driver = after ? after->part : rarest(words);
  const auto [low, high] = domain::prefix_range(words[driver].text);
  const auto start = start_of(session, facility, after, low);
  if (!start) return {};
  auto others = words;
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(driver));
  return page_of(
      session.read(sql::search_names, facility, status_of(filter), low, high, beginnings(others),
                   start->word, start->name_key, start->id, limit + 1),
      driver, limit);
}

// Two words that many people have, and hardly anybody may have both: three parts find everybody
// who has, and look at few others.
enum class PairPart : std::size_t { led_by_second, led_by_first, further_on, end };

std::size_t letters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

/// A cursor's part of a pair counts on from the words of the search.
bool is_pair(const Words& words, const std::optional<ListPosition>& after) {
  if (words.size() != 2) return false;
  if (after) return after->part >= words.size();
  // Where one is a beginning of the other, one word of a name may be both.
  const auto& one = words[0].text;
  const auto& other = words[1].text;
  if (one.starts_with(other) || other.starts_with(one)) return false;
  return std::ranges::all_of(words, [](const Word& word) {
    return word.people >= people_max && letters(word.text) >= pair_letters_min;
  });
}

std::string leads(const Word& word) {
  return " " + word.text + "%";
}

db::Rows read_pair(db::Session& session, const Uuid& facility, const ListFilter& filter,
                   const Word& word, const Word& other, PairPart part, const Start& start,
                   int limit) {
  const auto [low, high] = domain::prefix_range(word.text);
  const auto status = status_of(filter);
  if (part == PairPart::further_on) {
    const std::vector<std::string> found_before{leads(word), leads(other)};
    return session.read(sql::search_long_names, facility, status, low, high,
                        "% " + other.text + "%", found_before, start.word, start.name_key, start.id,
                        limit);
  }
  const auto found_before = part == PairPart::led_by_second ? std::string() : leads(word);
  return session.read(sql::search_led, facility, status, low, high, other.text, found_before,
                      start.word, start.name_key, start.id, limit);
}

Page search_pair(db::Session& session, const Uuid& facility, const ListFilter& filter,
                 const Words& words, const std::optional<ListPosition>& after, int limit) {
  Page page;
  auto last = after;
  const auto first = after ? after->part - words.size() : 0;
  for (auto nth = first; nth < static_cast<std::size_t>(PairPart::end); ++nth) {
    const auto part = static_cast<PairPart>(nth);
    const auto& word = words[part == PairPart::led_by_first ? 1 : 0];
    const auto& other = words[part == PairPart::led_by_first ? 0 : 1];
    const auto start = start_of(session, facility, nth == first ? after : std::nullopt, word.text);
    if (!start) continue;  // the cursor's record is gone, and so is its place in this part
    const auto room = limit - static_cast<int>(page.patients.size());
    for (const auto row :
         read_pair(session, facility, filter, word, other, part, *start, room + 1)) {
      if (page.patients.size() == static_cast<std::size_t>(limit)) {
        page.next = last;
        return page;
      }
      page.patients.push_back(to_patient(row));
      last = ListPosition{words.size() + nth, page.patients.back().id};
    }
  }
  return page;
}

Page search(db::Session& session, const Uuid& facility, const ListFilter& filter,
            const Words& words, const std::optional<ListPosition>& after, int limit) {
  auto page = is_pair(words, after) ? search_pair(session, facility, filter, words, after, limit)
                                    : search_names(session, facility, filter, words, after, limit);
  if (after || !page.patients.empty()) return page;
  for (std::size_t typo = 0; typo < words.size(); ++typo)
    add_near(page, session, facility, filter, words, typo, limit);
  return page;
}

}  // namespace

Page list(db::Session& session, const Uuid& facility, const ListFilter& filter,
          const std::optional<ListPosition>& after, int limit) {
  const auto words = filter.q ? words_of(session, facility, *filter.q) : Words{};
  if (filter.q && words.empty()) return {};
  const bool exact = filter.phone || filter.email || filter.mrn || filter.ids;
  if (filter.q && !filter.own && !exact) {
    return search(session, facility, filter, words, after, limit);
  }
  const auto start = start_of(session, facility, after, std::nullopt);
  if (!start) return {};
  const auto status = status_of(filter);
  if (filter.own) {
    return page_of(
        session.read(sql::list_own_patients, facility, status, start->name_key, start->id,
                     filter.phone, filter.email, filter.mrn, near_patterns(words), limit + 1,
                     filter.patient_id, filter.doctor_id, filter.now, filter.ids),
        0, limit);
  }
  if (exact) {
    return page_of(
        session.read(sql::find_patients, facility, status, start->name_key, start->id, filter.phone,
                     filter.email, filter.mrn, beginnings(words), limit + 1, filter.ids),
        0, limit);
  }
  return page_of(
      session.read(sql::list_patients, facility, status, start->name_key, start->id, limit + 1), 0,
      limit);
}

}  // namespace ambula::patient::store
