#include "page.hpp"

#include <vector>

#include <ambula/base/text.hpp>
#include <fmt/format.h>

namespace ambula::notification::mail {
namespace {

constexpr std::string_view page_template = R"(<!DOCTYPE html>
<html lang="{0}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{1}</title>
</head>
<body style="margin:0;padding:0;background:#eef2f3">
<div style="max-width:560px;margin:0 auto;padding:24px 12px;font-family:{4};font-size:16px;line-height:1.5;color:#1d2b2f">
<div style="background:#ffffff;border-top:4px solid #0b6b74;border-radius:6px;padding:8px 28px 20px">
<h1 style="font-size:18px;margin:16px 0;color:#0b6b74">{1}</h1>
{2}</div>
<div style="padding:8px 28px;font-size:13px;color:#52646a">
{3}</div>
</div>
</body>
</html>
)";
constexpr std::string_view fonts = "'Noto Sans','Noto Sans Devanagari',Arial,sans-serif";
constexpr std::string_view button_style =
    "display:inline-block;background:#0b6b74;color:#ffffff;text-decoration:none;border:0;"
    "border-radius:6px;padding:12px 20px;font:inherit;font-weight:bold";

}  // namespace

std::string page_html(const Page& page) {
  return fmt::format(page_template, page.language, page.title, page.body, page.foot, fonts);
}

std::string lines_html(std::string_view text) {
  std::string lines;
  std::string list;
  for (auto line : split(text, '\n')) {
    line = trim(line);
    if (line.starts_with("- ")) {
      list += fmt::format("<li>{}</li>\n", line.substr(2));
    } else if (!line.empty()) {
      lines += (lines.empty() ? "" : "<br>\n") + std::string(line);
    }
  }
  std::string html;
  if (!lines.empty()) html += fmt::format("<p style=\"margin:12px 0\">{}</p>\n", lines);
  if (!list.empty()) {
    html += fmt::format("<ul style=\"margin:12px 0;padding-left:20px\">\n{}</ul>\n", list);
  }
  return html;
}

std::string button(std::string_view url, std::string_view label) {
  return fmt::format(
      "<p style=\"margin:20px 0\"><a href=\"{0}\" style=\"{2}\">{1}</a></p>\n"
      "<p style=\"margin:12px 0;font-size:13px;color:#52646a;word-break:break-all\">{0}</p>\n",
      url, label, button_style);
}

std::string anchor(std::string_view url, std::string_view label) {
  return fmt::format(
      "<p style=\"margin:12px 0\"><a href=\"{}\" style=\"color:#0b6b74\">{}</a></p>\n", url, label);
}

std::string form_button(std::string_view label) {
  return fmt::format(
      "<form method=\"post\">\n"
      "<input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\n"
      "<button style=\"{}\">{}</button>\n"
      "</form>\n",
      button_style, label);
}

}  // namespace ambula::notification::mail
