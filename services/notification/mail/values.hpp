#pragma once

#include <map>
#include <string>
#include <string_view>

#include "notification/domain/message.hpp"

namespace ambula::notification::mail {

/// What Mustache puts in, by name (domain/wording.hpp). One line each, but `items`.
using Values = std::map<std::string, std::string, std::less<>>;

/// "Monday, 30 November 2026", as the language writes it.
std::string format_day(std::string_view language, Date date);
/// "09:30" in English and German, "सुबह 9:30" in Hindi; the words around it say "Uhr" or "बजे".
std::string format_time(std::string_view language, LocalMinutes minutes);

/// Of the message's fact, times on the facility's wall clock. `public_url`: where links lead.
Values values_of(const domain::Message& message, const domain::Facts& facts,
                 std::string_view public_url);

/// The page where the token of an account mail is used. The token stands behind `#`: it reaches the
/// page and no server's log.
std::string link_of(domain::Template name, std::string_view public_url, std::string_view token);

/// A template with its values put in once: braces in a value stay braces.
enum class Escape { none, html };
std::string fill(std::string_view text, const Values& values, Escape escape);

}  // namespace ambula::notification::mail
