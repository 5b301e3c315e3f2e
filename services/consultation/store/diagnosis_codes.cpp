#include "diagnosis_codes.hpp"

#include <algorithm>
#include <consultation/sql.hpp>

namespace ambula::consultation::store {
namespace {

constexpr std::size_t batch_rows = 1000;

using Codes = std::vector<domain::DiagnosisCode>;

void append(Codes& found, const db::Rows& rows, int limit) {
  for (const auto row : rows) {
    domain::DiagnosisCode code{row.get<std::string>("code"), row.get<std::string>("text")};
    const bool is_new = std::ranges::find(found, code) == found.end();
    if (is_new && found.size() < static_cast<std::size_t>(limit)) found.push_back(std::move(code));
  }
}

db::Rows by_words(db::Session& session, const Uuid& facility, std::string_view text, int limit) {
  const auto counted = session.read(sql::count_diagnosis_words, facility, text);
  if (counted.empty() || counted.front().get<std::int64_t>("uses") == 0) return {};
  std::vector<std::string> words;
  for (const auto row : counted)
    words.push_back(row.get<std::string>("word"));
  const std::vector<std::string> rarest = {words.front()};
  return session.read(sql::find_codes_by_words, facility, rarest, words, limit);
}

}  // namespace

CodeCheck check_codes(db::Transaction& tx, const Uuid& facility,
                      const std::vector<std::string>& codes) {
  CodeCheck check;
  for (const auto row : tx.exec(sql::check_diagnosis_codes, facility, codes)) {
    check.is_loaded = row.get<bool>("is_loaded");
    if (const auto text = row.get<std::optional<std::string>>("text"))
      check.texts.emplace(row.get<std::string>("code"), *text);
  }
  return check;
}

Codes find_codes(db::Session& session, const Uuid& facility, std::string_view text,
                 const std::optional<std::string>& prefix, int limit) {
  Codes found;
  if (prefix)
    append(found, session.read(sql::find_codes_by_prefix, facility, *prefix, limit), limit);
  if (found.size() < static_cast<std::size_t>(limit))
    append(found, by_words(session, facility, text, limit), limit);
  return found;
}

void replace_codes(db::Transaction& tx, const Uuid& facility, Codes codes) {
  std::ranges::sort(codes, {},
                    [](const auto& one) { return std::pair(one.text.size(), one.code); });
  const auto number = tx.exec(sql::keep_diagnosis_list, facility).front().get<int>("number");
  tx.exec(sql::forget_diagnosis_codes, facility);
  for (std::size_t from = 0; from < codes.size(); from += batch_rows) {
    std::vector<std::string> names;
    std::vector<std::string> texts;
    for (std::size_t i = from; i < std::min(codes.size(), from + batch_rows); ++i) {
      names.push_back(codes[i].code);
      texts.push_back(codes[i].text);
    }
    tx.exec(sql::add_diagnosis_codes, facility, number, names, texts, static_cast<int>(from));
  }
  tx.exec(sql::count_words_of_list, facility);
  tx.exec(sql::analyze_diagnosis_codes);
}

std::optional<NamedFacility> facility_by_code_or_id(db::Session& session, std::string_view text) {
  const auto rows = session.read(sql::facility_by_code_or_id, text);
  if (rows.empty()) return std::nullopt;
  return NamedFacility{rows.front().get<Uuid>("id"), rows.front().get<std::string>("name")};
}

}  // namespace ambula::consultation::store
