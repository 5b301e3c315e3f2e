#include "search.hpp"

#include <algorithm>
#include <set>

#include <ambula/base/text.hpp>

#include "mrn.hpp"

namespace ambula::patient::domain {
namespace {

constexpr std::size_t record_digits = 8;
constexpr std::size_t dialled_digits_min = 4;
constexpr std::size_t typo_letters_min = 4;
constexpr std::size_t open_letters_min = 5;
constexpr std::size_t typo_letters_max = 12;  // a longer word is told by its beginning

// The last code point; sorts behind every letter. The first one sorts before.
constexpr std::string_view behind_all = "\xF4\x8F\xBF\xBF";
constexpr std::string_view before_all = "\x01";

std::size_t sequence_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

using Letters = std::vector<std::string>;

Letters letters_of(std::string_view word) {
  Letters letters;
  for (std::size_t at = 0; at < word.size();) {
    const auto length = std::min(sequence_length(word[at]), word.size() - at);
    letters.emplace_back(word.substr(at, length));
    at += length;
  }
  return letters;
}

std::string joined(const Letters& letters) {
  std::string text;
  for (const auto& letter : letters)
    text += letter;
  return text;
}

void add_utf8(Letters& letters, unsigned point) {
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  if (point < 0x800) {
    letters.push_back({byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F))});
  } else {
    letters.push_back(
        {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F))});
  }
}

/// The letters that may stand in the place of a wrong one: of small scripts the 128 code points
/// around. Scripts of syllables and signs have no typos in our sense.
Letters alphabet_of(const Letters& word) {
  std::set<unsigned> blocks;
  Letters alphabet;
  for (const auto& letter : word) {
    if (letter.size() == 1) blocks.insert(0);
    if (letter.size() == 2) {
      blocks.insert((static_cast<unsigned>(letter[0]) & 0x1F) << 6 & ~0x7FU);
    } else if (letter.size() == 3 && static_cast<unsigned char>(letter[0]) < 0xE3) {
      blocks.insert(((static_cast<unsigned>(letter[0]) & 0x0F) << 12 |
                     (static_cast<unsigned>(letter[1]) & 0x3F) << 6) &
                    ~0x7FU);
    }
  }
  for (const auto block : blocks) {
    if (block == 0) {
      for (char c = 'a'; c <= 'z'; ++c)
        alphabet.emplace_back(1, c);
      continue;
    }
    for (unsigned point = block; point < block + 0x80; ++point)
      add_utf8(alphabet, point);
  }
  return alphabet;
}

/// Calls `use` with every word that is one typo away; `any` are the letters put into a place.
template <class Use>
void for_each_typo(const Letters& word, const Letters& any, Use use) {
  for (std::size_t i = 0; i <= word.size(); ++i) {
    auto longer = word;
    longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(i), std::string());
    for (const auto& letter : any) {
      longer[i] = letter;
      use(longer);
    }
    if (i == word.size()) break;
    auto other = word;
    for (const auto& letter : any) {
      other[i] = letter;
      use(other);
    }
    auto shorter = word;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    use(shorter);
    if (i + 1 < word.size()) {
      auto swapped = word;
      std::swap(swapped[i], swapped[i + 1]);
      use(swapped);
    }
  }
}

Letters typed_letters(std::string_view word) {
  auto letters = letters_of(word);
  if (letters.size() > typo_letters_max) letters.resize(typo_letters_max);
  return letters;
}

}  // namespace

Typed understand(std::string_view text) {
  Typed typed;
  const auto trimmed = std::string(trim(text));
  std::size_t digits = 0;
  bool dialled = true;
  for (const char c : trimmed) {
    if (is_digit(c)) ++digits;
    dialled =
        dialled && (is_digit(c) || std::string_view(" +-./()").find(c) != std::string_view::npos);
  }
  const auto last = trimmed.substr(trimmed.size() - std::min(trimmed.size(), record_digits));
  const bool numbered =
      last.size() == record_digits && has_valid_check_digit(last) &&
      (trimmed.size() == record_digits || trimmed[trimmed.size() - record_digits - 1] == '-');
  if (trimmed.find('@') != std::string::npos) {
    typed.email = trimmed;
  } else {
    if (numbered) typed.mrn = trimmed;
    if (dialled && digits >= dialled_digits_min) typed.phone = trimmed;
    if (!typed.mrn && !typed.phone) typed.name = trimmed;
  }
  return typed;
}

std::vector<std::string> record_numbers(std::string_view text, std::string_view facility_code) {
  std::string capitals(text);
  std::ranges::transform(capitals, capitals.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  std::vector<std::string> numbers{std::string(text), capitals};
  if (text.size() == record_digits && std::ranges::all_of(text, is_digit)) {
    numbers.push_back(std::string(facility_code) + "-" + std::string(text));
  }
  return numbers;
}

std::pair<std::string, std::string> prefix_range(std::string_view beginning) {
  return {std::string(beginning), std::string(beginning) + std::string(behind_all)};
}

Ranges near_ranges(std::string_view word) {
  const auto letters = typed_letters(word);
  if (letters.size() < typo_letters_min) return {};
  const auto end = letters.size() < open_letters_min ? before_all : behind_all;
  std::set<std::string> typos;
  for_each_typo(letters, alphabet_of(letters),
                [&](const Letters& typo) { typos.insert(joined(typo)); });
  Ranges ranges{prefix_range(joined(letters))};
  for (const auto& typo : typos)
    ranges.emplace_back(typo, typo + std::string(end));
  return ranges;
}

std::string near_pattern(std::string_view word) {
  const auto letters = typed_letters(word);
  std::string pattern = " " + joined(letters);
  if (letters.size() < typo_letters_min) return pattern;
  std::set<std::string> typos;
  for_each_typo(letters, {"[^ ]"}, [&](const Letters& typo) { typos.insert(joined(typo)); });
  const std::string_view end = letters.size() < open_letters_min ? "( |$)" : "";
  pattern += "| (";
  for (const auto& typo : typos)
    pattern += typo + "|";
  pattern.back() = ')';
  return pattern + std::string(end);
}

}  // namespace ambula::patient::domain
