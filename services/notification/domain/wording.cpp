#include "wording.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <ambula/base/text.hpp>

namespace ambula::notification::domain {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view visit_values[] = {"given_name", "facility", "phone",     "date",
                                             "time",       "doctor",   "department"};
constexpr std::string_view visit_subject[] = {"facility", "date", "time"};
constexpr std::string_view visit_required[] = {"date", "time"};
constexpr std::string_view prescription_values[] = {"given_name", "facility",   "phone",
                                                    "number",     "expires_on", "doctor"};
constexpr std::string_view prescription_required[] = {"number"};
constexpr std::string_view account_values[] = {"facility", "phone", "link", "until"};
constexpr std::string_view account_required[] = {"link"};
constexpr std::string_view stock_values[] = {"facility", "date", "items"};
constexpr std::string_view stock_subject[] = {"facility", "date"};
constexpr std::string_view stock_required[] = {"items"};
constexpr std::string_view facility_only[] = {"facility"};

constexpr std::string_view allowed_marks = "#^/";

bool has(Names names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error bad(std::string_view field, std::string_view rule, std::string detail) {
  return rule_broken(rule, detail, field);
}

/// Reads the tags of one text. Only `{{name}}` and sections that are closed in their order pass:
/// nothing unescaped, no partials, no other delimiters.
class Tags {
 public:
  Tags(std::string_view field, Names allowed) : field_(field), allowed_(allowed) {}

  Result<void> read(std::string_view text) {
    while (true) {
      const auto open = text.find("{{");
      if (open == std::string_view::npos) break;
      text.remove_prefix(open + 2);
      const auto close = text.find("}}");
      if (close == std::string_view::npos) return unclosed("A tag is not closed.");
      if (auto read = take(trim(text.substr(0, close))); !read) return read;
      text.remove_prefix(close + 2);
      if (text.starts_with("}")) return unclosed("Three braces are not allowed.");
    }
    if (!sections_.empty()) return unclosed("A section is not closed.");
    return {};
  }
  bool said(std::string_view name) const { return said_.contains(name); }

 private:
  Error unclosed(std::string detail) const {
    return bad(field_, "bad-template", std::move(detail));
  }

  Result<void> take(std::string_view tag) {
    char mark = ' ';
    if (!tag.empty() && allowed_marks.find(tag.front()) != std::string_view::npos) {
      mark = tag.front();
      tag = trim(tag.substr(1));
    }
    const bool is_name = !tag.empty() && std::all_of(tag.begin(), tag.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || c == '_';
    });
    if (!is_name) return unclosed("Only {{name}}, {{#name}}, {{^name}} and {{/name}} are allowed.");
    if (!has(allowed_, tag)) {
      std::string names;
      for (const auto name : allowed_)
        names += (names.empty() ? "" : ", ") + std::string(name);
      return bad(field_, "unknown-value", "Here only these values can stand: " + names + ".");
    }
    if (mark == ' ') said_.insert(tag);
    if (mark == '#' || mark == '^') sections_.push_back(tag);
    if (mark != '/') return {};
    if (sections_.empty() || sections_.back() != tag)
      return unclosed("A section is closed that is not open.");
    sections_.pop_back();
    return {};
  }

  std::string_view field_;
  Names allowed_;
  std::vector<std::string_view> sections_;
  std::set<std::string_view> said_;
};

}  // namespace

bool is_language(std::string_view text) {
  return text == "en" || text == "hi" || text == "de";
}

Names values_of(Template name) {
  switch (subject_of(name)) {
    case Subject::appointment:
      return visit_values;
    case Subject::prescription:
      return prescription_values;
    case Subject::account:
      return account_values;
    case Subject::stock:
      return stock_values;
  }
  return {};
}

Names subject_values_of(Template name) {
  switch (subject_of(name)) {
    case Subject::appointment:
      return visit_subject;
    case Subject::stock:
      return stock_subject;
    case Subject::prescription:
    case Subject::account:
      break;
  }
  return facility_only;
}

Names required_of(Template name) {
  switch (subject_of(name)) {
    case Subject::appointment:
      return visit_required;
    case Subject::prescription:
      return prescription_required;
    case Subject::account:
      return account_required;
    case Subject::stock:
      return stock_required;
  }
  return {};
}

Result<void> check(Template name, const Wording& wording) {
  Tags subject("/subject", subject_values_of(name));
  if (auto read = subject.read(wording.subject); !read) return read;
  Tags body("/body", values_of(name));
  if (auto read = body.read(wording.body); !read) return read;
  for (const auto required : required_of(name)) {
    if (!body.said(required))
      return bad("/body", "missing-value", "The body must say {{" + std::string(required) + "}}.");
  }
  return {};
}

}  // namespace ambula::notification::domain
