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
  /// Members as pairs of a name and JSON text.
  using Members = std::vector<std::pair<std::string, std::string>>;

  ErrorKind kind{ErrorKind::internal};
  std::string code;
  std::string detail;
  std::vector<FieldError> fields;
  /// Extension members of the problem document; each value is JSON text already (made by a codec or
  /// with `with`), for example {"from", "\"CANCELLED\""}.
  Members members;

  // Every Result holds one; none of these is worth being compiled into every function that fails.
  Error();
  Error(ErrorKind kind, std::string_view code, std::string_view detail,
        std::vector<FieldError> fields = {}, Members members = {});
  Error(const Error&);
  Error(Error&&) noexcept;
  Error& operator=(const Error&);
  Error& operator=(Error&&) noexcept;
  ~Error();

  /// Adds a string member. `value` must be a code or an id (it is quoted, not escaped).
  Error with(std::string_view name, std::string_view value) &&;
  /// Adds a member whose value is JSON text.
  Error with_json(std::string_view name, std::string json) &&;
};

/// A state machine's refusal (domain.md): 409 `illegal-transition` with `from` and `command`.
Error illegal_transition(std::string_view from, std::string_view command);

/// 404 `<what>-not-found`; the same whether it never existed or belongs to another facility or
/// patient.
Error not_found(std::string_view what);

Error conflict(std::string_view code, std::string_view detail);

Error forbidden(std::string_view code, std::string_view detail);

/// 422: a well-formed value breaks the rule `code`; `pointer` names the field ("" = the whole).
Error rule_broken(std::string_view code, std::string_view detail, std::string_view pointer = "");

}  // namespace ambula
