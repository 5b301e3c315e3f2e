#pragma once

#include <span>
#include <string>
#include <string_view>

#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

#include "notification/domain/message.hpp"

// The words of a mail, ours or a facility's own, as Mustache: one subject and one body, of which
// text and HTML are made. Paragraphs are separated by an empty line.
namespace ambula::notification::domain {

struct Wording {
  std::string subject;
  std::string body;
};

/// A facility's own; version 0 when it has none.
struct OwnWording : Wording {
  std::int64_t version{0};
  Instant created_at;
  Uuid created_by;
  Instant updated_at;
  Uuid updated_by;
};

constexpr std::size_t subject_max = 200;
constexpr std::size_t body_max = 5000;

bool is_language(std::string_view text);
/// What a body may say: names of values and, as `{{#name}}…{{/name}}`, of what may be missing.
std::span<const std::string_view> values_of(Template name);
/// What a subject may say. It is seen on locked screens: nothing about the patient or what they
/// have [NOT-6].
std::span<const std::string_view> subject_values_of(Template name);
/// What a body must say, so that the mail is of use.
std::span<const std::string_view> required_of(Template name);

/// 422 that names the field: `bad-template` (not the Mustache we allow), `unknown-value`,
/// `missing-value`. What passes can be rendered.
Result<void> check(Template name, const Wording& wording);

}  // namespace ambula::notification::domain
