#pragma once

// What stands where, between layout and painting. For libs/pdf itself. Lengths are points (1/72
// inch).

#include <memory>
#include <pango/pangocairo.h>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/pdf/document.hpp>

namespace ambula::pdf {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};

enum class Shade { ink, grey };

enum class Side { by_script, left, right };

/// How a text looks.
struct Face {
  double size{9.5};
  bool bold{false};
  Shade shade{Shade::ink};
  Side side{Side::by_script};
};

/// One line of a text, drawn from its baseline. `layout` keeps the text alive that the PDF needs
/// for search and copying.
struct Line {
  std::shared_ptr<PangoLayout> layout;
  PangoLayoutLine* line{nullptr};
  Shade shade{Shade::ink};
  double x{0};       ///< within the text's width: alignment, right-to-left
  double ascent{0};  ///< from the line's top to its baseline
  double height{0};
};

struct PlacedLine {
  Line line;
  double x{0};
  double y{0};  ///< top
};

struct Rectangle {
  double x{0};
  double y{0};
  double width{0};
  double height{0};
};

struct Page {
  std::vector<Rectangle> backgrounds;
  std::vector<Rectangle> rules;   ///< grey lines
  std::vector<Rectangle> blacks;  ///< modules of QR codes
  std::vector<PlacedLine> lines;
};

/// Size and margins.
struct Sheet {
  double width;
  double height;
  double margin;
  double text_size;

  double inner_width() const { return width - 2 * margin; }
  double top() const { return margin; }
  /// The footer stands below it.
  double bottom() const { return height - margin - 16; }
};
Sheet sheet_of(PageSize size);

/// What Pango and cairo take: well-formed UTF-8 without control characters and noncharacters, at
/// most `max_text_bytes`.
std::string printable(std::string_view text);

/// Turns texts into lines. One per document and thread: Pango's font maps belong to a thread.
class Typesetter {
 public:
  Typesetter();
  std::vector<Line> set(std::string_view text, const Face& face, double width) const;

 private:
  std::unique_ptr<PangoContext, Unref> context_;
};

double height_of(const std::vector<Line>& lines);

/// Everything but the footers, which need the number of pages.
std::vector<Page> lay_out(const Document& document, const Typesetter& typesetter);

/// Rows of black modules as rectangles of a square with this side, quiet zone inside. Empty when
/// the content is empty or does not fit into a code.
std::vector<Rectangle> qr_modules(const std::string& content, double side);

}  // namespace ambula::pdf
