#pragma once

#include <string>
#include <string_view>

// HTML that mail programs show alike: styles stand at their elements, nothing is loaded from
// anywhere. Texts come in escaped.
namespace ambula::notification::mail {

struct Page {
  std::string_view language;
  std::string_view title;
  std::string_view body;
  std::string_view foot;
};
std::string page_html(const Page& page);

/// A paragraph; lines that begin with "- " are a list.
std::string lines_html(std::string_view text);
/// A link as a button, with the address itself below for those whose program shows none.
std::string button(std::string_view url, std::string_view label);
std::string anchor(std::string_view url, std::string_view label);
/// A button that posts to the page's own address what RFC 8058 says.
std::string form_button(std::string_view label);

}  // namespace ambula::notification::mail
