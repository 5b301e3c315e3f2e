#pragma once

#include <string>
#include <string_view>

#include <ambula/base/result.hpp>

#include "notification/domain/message.hpp"
#include "notification/domain/wording.hpp"
#include "notification/mail/mime.hpp"
#include "notification/mail/values.hpp"

// Bodies of this service's resources (schemas/openapi); the only file here that knows their JSON.
namespace ambula::notification::api {

std::string encode(const domain::Message& message);
/// `{reason}`, required.
Result<std::string> decode_resend(std::string_view body);

/// The words that a facility's mails are made of now, with ours to go back to.
struct WordingView {
  Uuid facility_id;
  domain::Template name;
  std::string language;
  domain::Wording ours;
  std::optional<domain::OwnWording> own;
};
std::string encode(const WordingView& view);
/// `{subject, body}`.
Result<domain::Wording> decode_wording(std::string_view body);

struct Preview {
  std::optional<std::string> subject;
  std::optional<std::string> body;
  mail::Values values;
};
/// `{}`, or values by their names, and `subject` and `body` that are not saved yet.
Result<Preview> decode_preview(std::string_view body, domain::Template name);
/// `{subject, text, html}`
std::string encode(const mail::Content& content);

}  // namespace ambula::notification::api
