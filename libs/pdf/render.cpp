#include <cairo-pdf.h>
#include <new>
#include <stdexcept>

#include <ambula/pdf/pages.hpp>
#include <fmt/format.h>

namespace ambula::pdf {
namespace {

struct DestroySurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using Surface = std::unique_ptr<cairo_surface_t, DestroySurface>;
struct DestroyCairo {
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};
using Cairo = std::unique_ptr<cairo_t, DestroyCairo>;

constexpr double footer_gap = 6;

cairo_status_t append(void* closure, const unsigned char* data, unsigned int length) {
  // An exception must not travel through cairo, which is C.
  try {
    static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
  } catch (const std::bad_alloc&) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

void expect_success(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS) {
    throw std::runtime_error(std::string("cairo: ") + cairo_status_to_string(status));
  }
}

void set_grey(cairo_t* cairo, double level) {
  cairo_set_source_rgb(cairo, level, level, level);
}

void fill(cairo_t* cairo, const std::vector<Rectangle>& rectangles, double level) {
  if (rectangles.empty()) return;
  set_grey(cairo, level);
  for (const auto& one : rectangles)
    cairo_rectangle(cairo, one.x, one.y, one.width, one.height);
  cairo_fill(cairo);
}

void paint(cairo_t* cairo, const PlacedLine& placed) {
  set_grey(cairo, placed.line.shade == Shade::ink ? 0.1 : 0.4);
  cairo_move_to(cairo, placed.x + placed.line.x, placed.y + placed.line.ascent);
  pango_cairo_show_layout_line(cairo, placed.line.line);
}

void paint(cairo_t* cairo, const Page& page) {
  fill(cairo, page.backgrounds, 0.93);
  fill(cairo, page.rules, 0.75);
  fill(cairo, page.blacks, 0);
  for (const auto& line : page.lines)
    paint(cairo, line);
}

/// "footer text … 2 / 3". One line only: a footer that wraps would run into the margin.
Page footer(const Document& document, const Typesetter& typesetter, std::size_t number,
            std::size_t count) {
  const Sheet sheet = sheet_of(document.page_size);
  const double y = sheet.bottom() + footer_gap;
  const double number_width = 60;
  Face face{sheet.text_size * 0.8, false, Shade::grey, Side::left};
  Page page;
  page.rules.push_back({sheet.margin, sheet.bottom() + footer_gap / 2, sheet.inner_width(), 0.4});
  auto text = typesetter.set(document.footer, face, sheet.inner_width() - number_width);
  page.lines.push_back({std::move(text.front()), sheet.margin, y});
  face.side = Side::right;
  auto pages = typesetter.set(fmt::format("{} / {}", number, count), face, number_width);
  page.lines.push_back(
      {std::move(pages.front()), sheet.margin + sheet.inner_width() - number_width, y});
  return page;
}

void set_metadata(cairo_surface_t* surface, const Document& document) {
  const auto at = std::chrono::floor<std::chrono::seconds>(document.created_at);
  const std::string created = format_instant(at);
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created.c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
                                 printable(document.title).c_str());
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Ambula");
}

}  // namespace

std::string render(const Document& document) {
  const Typesetter typesetter;
  const std::vector<Page> pages = lay_out(document, typesetter);
  const Sheet sheet = sheet_of(document.page_size);
  std::string bytes;
  const Surface surface(
      cairo_pdf_surface_create_for_stream(append, &bytes, sheet.width, sheet.height));
  expect_success(cairo_surface_status(surface.get()));
  set_metadata(surface.get(), document);
  const Cairo cairo(cairo_create(surface.get()));
  for (std::size_t i = 0; i < pages.size(); ++i) {
    paint(cairo.get(), pages[i]);
    paint(cairo.get(), footer(document, typesetter, i + 1, pages.size()));
    cairo_show_page(cairo.get());
  }
  expect_success(cairo_status(cairo.get()));
  cairo_surface_finish(surface.get());
  expect_success(cairo_surface_status(surface.get()));
  return bytes;
}

}  // namespace ambula::pdf
