#include <algorithm>

#include <ambula/base/check.hpp>
#include <ambula/pdf/pages.hpp>

namespace ambula::pdf {
namespace {

constexpr std::string_view cut_mark = " […]";

struct FreeText {
  void operator()(char* text) const { g_free(text); }
};
struct FreeFont {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
struct FreeOptions {
  void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
};
struct FreeIterator {
  void operator()(PangoLayoutIter* iterator) const { pango_layout_iter_free(iterator); }
};

/// Control characters have no glyph and would show as boxes.
bool is_invisible(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
}

/// Whole characters only.
std::string_view cut_to_limit(std::string_view text) {
  text = text.substr(0, max_text_bytes);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) {
    text.remove_suffix(1);
  }
  if (!text.empty()) text.remove_suffix(1);
  return text;
}

/// U+FDD0…U+FDEF and the last two of each plane are UTF-8 to GLib, but an error to cairo.
bool is_noncharacter(gunichar c) {
  return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

std::string without_noncharacters(const char* valid) {
  std::string result;
  for (const char* at = valid; *at != '\0';) {
    const char* const next = g_utf8_next_char(at);
    if (is_noncharacter(g_utf8_get_char(at))) {
      result += "\uFFFD";
    } else {
      result.append(at, next);
    }
    at = next;
  }
  return result;
}

double points(int pango_units) {
  return static_cast<double>(pango_units) / PANGO_SCALE;
}

/// Pango turns left and right round in a right-to-left text. Running text shall do so, a cell or a
/// value shall stay beside its neighbours.
PangoAlignment alignment(Side side, PangoLayout* layout) {
  if (side == Side::by_script) return PANGO_ALIGN_LEFT;
  const bool is_turned = pango_layout_get_line_count(layout) > 0 &&
                         pango_layout_line_get_resolved_direction(
                             pango_layout_get_line_readonly(layout, 0)) == PANGO_DIRECTION_RTL;
  return (side == Side::right) != is_turned ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

std::shared_ptr<PangoLayout> make_layout(PangoContext* context, const std::string& text,
                                         const Face& face, double width) {
  std::shared_ptr<PangoLayout> layout(pango_layout_new(context), Unref{});
  const std::unique_ptr<PangoFontDescription, FreeFont> font(pango_font_description_from_string(
      "Noto Sans, Noto Sans Devanagari, Noto Sans Arabic, sans"));
  pango_font_description_set_size(font.get(), static_cast<int>(face.size * PANGO_SCALE));
  pango_font_description_set_weight(font.get(),
                                    face.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_width(layout.get(), static_cast<int>(std::max(width, 1.0) * PANGO_SCALE));
  // A word wider than its column is broken rather than lost beyond the margin.
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  pango_layout_set_alignment(layout.get(), alignment(face.side, layout.get()));
  return layout;
}

}  // namespace

std::string printable(std::string_view text) {
  const bool is_cut = text.size() > max_text_bytes;
  if (is_cut) text = cut_to_limit(text);
  std::string visible;
  visible.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    visible += is_invisible(text[i]) ? ' ' : text[i];
  }
  const std::unique_ptr<char, FreeText> valid(
      g_utf8_make_valid(visible.data(), static_cast<gssize>(visible.size())));
  std::string result = without_noncharacters(valid.get());
  if (is_cut) result += cut_mark;
  return result;
}

Typesetter::Typesetter()
    : context_(pango_font_map_create_context(pango_cairo_font_map_get_default())) {
  AMBULA_CHECK(context_ != nullptr);
  // Paper has no pixels: no hinting, no rounding, one unit is one point.
  const std::unique_ptr<cairo_font_options_t, FreeOptions> options(cairo_font_options_create());
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context_.get(), options.get());
  pango_cairo_context_set_resolution(context_.get(), 72);
  pango_context_set_round_glyph_positions(context_.get(), FALSE);
  // Not the language of the machine's locale: the same document must be the same bytes everywhere.
  pango_context_set_language(context_.get(), pango_language_from_string("en"));
}

std::vector<Line> Typesetter::set(std::string_view text, const Face& face, double width) const {
  const auto layout = make_layout(context_.get(), printable(text), face, width);
  const std::unique_ptr<PangoLayoutIter, FreeIterator> at(pango_layout_get_iter(layout.get()));
  std::vector<Line> lines;
  do {
    PangoRectangle logical{};
    pango_layout_iter_get_line_extents(at.get(), nullptr, &logical);
    Line line;
    line.layout = layout;
    line.line = pango_layout_iter_get_line_readonly(at.get());
    line.shade = face.shade;
    line.x = points(logical.x);
    line.ascent = points(pango_layout_iter_get_baseline(at.get()) - logical.y);
    line.height = points(logical.height);
    lines.push_back(std::move(line));
  } while (pango_layout_iter_next_line(at.get()) != FALSE);
  return lines;
}

double height_of(const std::vector<Line>& lines) {
  double height = 0;
  for (const auto& line : lines)
    height += line.height;
  return height;
}

}  // namespace ambula::pdf
