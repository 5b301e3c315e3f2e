#pragma once

#include <string_view>

#include "notification/domain/message.hpp"

namespace ambula::notification::mail {

/// The words of one mail, as Mustache. Paragraphs of the body are separated by an empty line; text
/// and HTML are made of the same words.
struct Words {
  std::string_view subject;
  std::string_view body;
};

/// `language`: en, hi or de.
Words words(domain::Template name, std::string_view language);
/// What stands under every mail, and the visit's title in the calendar.
std::string_view footer(std::string_view language);
std::string_view calendar_title(std::string_view language);

}  // namespace ambula::notification::mail
