#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ambula {

/// What kind of expected failure it is. Each kind is one HTTP status (libs/http/problem.hpp).
enum class ErrorKind {
  malformed,         ///< 400 the request cannot be read: JSON, unknown field, wrong type, bad query
  unauthenticated,   ///< 401
  forbidden,         ///< 403
  not_found,         ///< 404, also for another facility's or another patient's record
  conflict,          ///< 409 the present state does not allow it
  version_mismatch,  ///< 412 If-Match names an older version
  too_large,         ///< 413
  unsupported_media,      ///< 415
  rule,                   ///< 422 a value breaks a rule
  precondition_required,  ///< 428 If-Match is missing
  too_many,               ///< 429
  unavailable,            ///< 503 with Retry-After
  internal,               ///< 500
};

/// One fault of one field: `pointer` is a JSON pointer into the body ("/items/0/quantity") or the
/// name of a query parameter, `rule` a stable code ("required", "range"), `detail` a sentence for
/// people. Never contains the refused value: it may be patient data.
struct FieldError {
  std::string pointer;
  std::string rule;
  std::string detail;

  bool operator==(const FieldError&) const = default;
};

/// An expected failure as a value: what a client is told (application/problem+json).
/// `code` is stable and documented; `detail` is a sentence without patient data.
struct Error {
  ErrorKind kind{ErrorKind::internal};
  std::string code;
  std::string detail;
  std::vector<FieldError> fields;
  /// Extension members of the problem document; each value is JSON text already (made by a codec or
  /// with `with`), for example {"from", "\"CANCELLED\""}.
  std::vector<std::pair<std::string, std::string>> members;

  /// Adds a string member. `value` must be a code or an id (it is quoted, not escaped).
  Error with(std::string_view name, std::string_view value) && {
    members.emplace_back(name, "\"" + std::string(value) + "\"");
    return std::move(*this);
  }
  /// Adds a member whose value is JSON text.
  Error with_json(std::string_view name, std::string json) && {
    members.emplace_back(name, std::move(json));
    return std::move(*this);
  }
};

/// A state machine's refusal (domain.md): 409 `illegal-transition` with `from` and `command`.
inline Error illegal_transition(std::string_view from, std::string_view command) {
  return Error{ErrorKind::conflict,
               "illegal-transition",
               std::string(command) + " is not possible in state " + std::string(from) + ".",
               {},
               {}}
      .with("from", from)
      .with("command", command);
}

/// 404 `<what>-not-found`; the same whether it never existed or belongs to another facility or
/// patient.
inline Error not_found(std::string_view what) {
  return Error{ErrorKind::not_found,
               std::string(what) + "-not-found",
               "There is no such " + std::string(what) + ".",
               {},
               {}};
}

inline Error conflict(std::string_view code, std::string_view detail) {
  return Error{ErrorKind::conflict, std::string(code), std::string(detail), {}, {}};
}

inline Error forbidden(std::string_view code, std::string_view detail) {
  return Error{ErrorKind::forbidden, std::string(code), std::string(detail), {}, {}};
}

/// 422: a well-formed value breaks the rule `code`; `pointer` names the field ("" = the whole).
inline Error rule_broken(std::string_view code, std::string_view detail,
                         std::string_view pointer = "") {
  Error error{ErrorKind::rule, std::string(code), std::string(detail), {}, {}};
  if (!pointer.empty()) {
    error.fields.push_back({std::string(pointer), std::string(code), std::string(detail)});
  }
  return error;
}

}  // namespace ambula
