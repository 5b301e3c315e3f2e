#include <algorithm>

#include <ambula/pdf/pages.hpp>

namespace ambula::pdf {
namespace {

constexpr double points_per_mm = 72 / 25.4;
constexpr double gap = 6;
constexpr double cell_padding_x = 4;
constexpr double cell_padding_y = 3;
constexpr double rule_width = 0.6;
constexpr double qr_side = 30 * points_per_mm;
constexpr double label_share = 0.3;
// What must follow a heading on its page: about three lines.
constexpr double heading_company = 40;

/// The text of one cell and where its lines go.
struct Cell {
  std::vector<Line> lines;
  double x{0};
  std::size_t placed{0};
};
using Row = std::vector<Cell>;

double height_of(const Row& row) {
  double height = 0;
  for (const auto& cell : row)
    height = std::max(height, pdf::height_of(cell.lines));
  return height;
}

/// Cells of one row stand on one line, also when their scripts have letters of different height.
void align_baselines(Row& row) {
  double ascent = 0;
  for (const auto& cell : row)
    ascent = std::max(ascent, cell.lines.front().ascent);
  for (auto& cell : row) {
    Line& first = cell.lines.front();
    first.height += ascent - first.ascent;
    first.ascent = ascent;
  }
}

bool is_placed(const Row& row) {
  return std::ranges::all_of(row,
                             [](const Cell& cell) { return cell.placed == cell.lines.size(); });
}

/// Places blocks from top to bottom and opens pages.
class Flow {
 public:
  Flow(const Document& document, const Typesetter& typesetter)
      : sheet_(sheet_of(document.page_size)), typesetter_(typesetter), y_(sheet_.top()) {
    pages_.emplace_back();
    place(document.letterhead);
    for (const auto& block : document.blocks) {
      if (is_full_) break;
      std::visit([this](const auto& one) { place(one); }, block);
    }
  }

  std::vector<Page> take() && { return std::move(pages_); }

 private:
  void place(const Letterhead& letterhead);
  void place(const Heading& heading);
  void place(const Paragraph& paragraph);
  void place(const Fields& fields);
  void place(const Table& table);
  void place(const QrCode& code);
  void place(const Signature& signature);
  void place(const Divider& divider);

  Face face(double relative_size = 1, bool bold = false, Shade shade = Shade::ink,
            Side side = Side::by_script) const {
    return {sheet_.text_size * relative_size, bold, shade, side};
  }
  bool at_top() const { return y_ <= sheet_.top(); }
  double room() const { return sheet_.bottom() - y_; }
  Page& page() { return pages_.back(); }

  void new_page();
  /// Opens a page unless so much fits on this one, or would fit on no page.
  void keep_together(double height);
  void skip(double height) { y_ = at_top() ? y_ : y_ + height; }
  void rule(double x, double width);
  void text(std::string_view text, const Face& face);
  void text_at(double x, double y, double width, std::string_view text, const Face& face);

  Row make_row(const Table& table, const std::vector<std::string>& cells, bool is_header) const;
  void header(const Row& row);
  /// Places a row, over several pages where it must; `titles` are repeated on each.
  void place_row(Row row, const Row* titles);
  void place_part(Row& row);

  Sheet sheet_;
  const Typesetter& typesetter_;
  double y_;
  bool is_full_{false};
  std::vector<Page> pages_;
};

void Flow::new_page() {
  if (pages_.size() == max_pages) {
    if (!is_full_) text_at(sheet_.margin, sheet_.top() - 14, sheet_.inner_width(), "[…]", face());
    is_full_ = true;
    return;
  }
  pages_.emplace_back();
  y_ = sheet_.top();
}

void Flow::keep_together(double height) {
  const double page_height = sheet_.bottom() - sheet_.top();
  if (!at_top() && height > room() && height <= page_height) new_page();
}

void Flow::rule(double x, double width) {
  page().rules.push_back({x, y_, width, rule_width});
}

void Flow::text(std::string_view text, const Face& face) {
  for (auto& line : typesetter_.set(text, face, sheet_.inner_width())) {
    if (line.height > room() && !at_top()) new_page();
    if (is_full_) return;
    const double height = line.height;
    page().lines.push_back({std::move(line), sheet_.margin, y_});
    y_ += height;
  }
}

void Flow::text_at(double x, double y, double width, std::string_view text, const Face& face) {
  for (auto& line : typesetter_.set(text, face, width)) {
    const double height = line.height;
    page().lines.push_back({std::move(line), x, y});
    y += height;
  }
}

void Flow::place(const Letterhead& letterhead) {
  if (letterhead.name.empty() && letterhead.lines.empty()) return;
  if (!letterhead.name.empty()) text(letterhead.name, face(1.5, true));
  for (const auto& line : letterhead.lines)
    text(line, face(0.85, false, Shade::grey));
  skip(gap);
  rule(sheet_.margin, sheet_.inner_width());
  skip(2 * gap);
}

void Flow::place(const Heading& heading) {
  const double size = heading.level <= 1 ? 1.6 : heading.level == 2 ? 1.25 : 1.05;
  skip(gap);
  keep_together(
      pdf::height_of(typesetter_.set(heading.text, face(size, true), sheet_.inner_width())) +
      heading_company);
  text(heading.text, face(size, true));
  skip(gap / 2);
}

void Flow::place(const Paragraph& paragraph) {
  const bool is_small = paragraph.tone == Tone::small;
  text(paragraph.text, face(is_small ? 0.85 : 1, paragraph.tone == Tone::strong,
                            is_small ? Shade::grey : Shade::ink));
  skip(gap);
}

void Flow::place(const Fields& fields) {
  const double label_width = sheet_.inner_width() * label_share;
  for (const auto& field : fields.items) {
    Row row(2);
    row[0].x = sheet_.margin;
    row[0].lines = typesetter_.set(field.label, face(1, false, Shade::grey, Side::left),
                                   label_width - cell_padding_x);
    row[1].x = sheet_.margin + label_width;
    row[1].lines = typesetter_.set(field.value, face(1, false, Shade::ink, Side::left),
                                   sheet_.inner_width() - label_width);
    align_baselines(row);
    place_row(std::move(row), nullptr);
    if (is_full_) return;
    skip(cell_padding_y / 2);
  }
  skip(gap);
}

Row Flow::make_row(const Table& table, const std::vector<std::string>& cells,
                   bool is_header) const {
  double shares = 0;
  for (const auto& column : table.columns)
    shares += column.share > 0 ? column.share : 0;
  Row row(table.columns.size());
  double x = sheet_.margin;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto& column = table.columns[i];
    const double share =
        shares > 0 ? std::max(column.share, 0.0) / shares : 1.0 / static_cast<double>(row.size());
    const double width = sheet_.inner_width() * share;
    std::string text = i < cells.size() ? cells[i] : std::string();
    if (i + 1 == row.size()) {
      for (std::size_t more = row.size(); more < cells.size(); ++more)
        text += " " + cells[more];
    }
    Face look = is_header ? face(0.9, true) : face();
    look.side = column.align == Align::end ? Side::right : Side::left;
    row[i].lines = typesetter_.set(text, look, width - 2 * cell_padding_x);
    row[i].x = x + cell_padding_x;
    x += width;
  }
  align_baselines(row);
  return row;
}

void Flow::header(const Row& row) {
  const double height = height_of(row) + 2 * cell_padding_y;
  page().backgrounds.push_back({sheet_.margin, y_, sheet_.inner_width(), height});
  Row copy = row;
  y_ += cell_padding_y;
  place_part(copy);
  y_ += cell_padding_y;
}

/// As many lines of each cell as fit on this page; at least one, so that it always goes on.
void Flow::place_part(Row& row) {
  const double top = y_;
  const bool is_first = at_top();
  double deepest = y_;
  for (auto& cell : row) {
    double y = top;
    for (; cell.placed < cell.lines.size(); ++cell.placed) {
      const Line& line = cell.lines[cell.placed];
      if (y + line.height > sheet_.bottom() && !(is_first && y == top)) break;
      page().lines.push_back({line, cell.x, y});
      y += line.height;
    }
    deepest = std::max(deepest, y);
  }
  y_ = deepest;
}

void Flow::place_row(Row row, const Row* titles) {
  const double page_height = sheet_.bottom() - sheet_.top();
  const double titles_height = titles == nullptr ? 0 : height_of(*titles) + 2 * cell_padding_y;
  const double height = height_of(row);
  const auto open_page = [&] {
    new_page();
    if (titles != nullptr && !is_full_) header(*titles);
  };
  if (height > room() && !at_top() && height + titles_height <= page_height) open_page();
  while (!is_full_) {
    place_part(row);
    if (is_placed(row)) return;
    open_page();
  }
}

void Flow::place(const Table& table) {
  if (table.columns.empty()) return;
  std::vector<std::string> titles;
  for (const auto& column : table.columns)
    titles.push_back(column.title);
  Row header_row = make_row(table, titles, true);
  const double header_height = height_of(header_row) + 2 * cell_padding_y;
  // A header that fills the page would leave no room for rows: then it is a row like others.
  const bool is_repeated = header_height <= (sheet_.bottom() - sheet_.top()) / 4;
  if (is_repeated) {
    keep_together(header_height + heading_company);
    if (is_full_) return;
    header(header_row);
  } else {
    place_row(header_row, nullptr);
  }
  for (const auto& cells : table.rows) {
    if (is_full_) return;
    y_ += cell_padding_y;
    place_row(make_row(table, cells, false), is_repeated ? &header_row : nullptr);
    y_ += cell_padding_y;
    if (!is_full_) rule(sheet_.margin, sheet_.inner_width());
  }
  skip(2 * gap);
}

void Flow::place(const QrCode& code) {
  auto modules = qr_modules(code.content, qr_side);
  if (modules.empty()) {
    if (!code.content.empty()) text(code.content, face(0.85));
    if (!code.caption.empty()) text(code.caption, face(0.85, false, Shade::grey));
    skip(gap);
    return;
  }
  const double caption_x = sheet_.margin + qr_side + gap;
  auto caption = typesetter_.set(code.caption, face(0.85, false, Shade::grey),
                                 sheet_.inner_width() - qr_side - gap);
  keep_together(qr_side);
  if (is_full_) return;
  for (auto& module : modules) {
    module.x += sheet_.margin;
    module.y += y_;
    page().blacks.push_back(module);
  }
  const double code_bottom = y_ + qr_side;
  const std::size_t code_page = pages_.size();
  y_ += gap;
  place_row({Cell{std::move(caption), caption_x, 0}}, nullptr);
  if (pages_.size() == code_page) y_ = std::max(y_, code_bottom);
  skip(gap);
}

void Flow::place(const Signature& signature) {
  const double width = sheet_.inner_width() * 0.45;
  auto lines = typesetter_.set(signature.label, face(0.85, false, Shade::grey), width);
  constexpr double pen_room = 36;
  keep_together(pen_room + pdf::height_of(lines));
  if (is_full_) return;
  y_ += pen_room;
  const double x = sheet_.width - sheet_.margin - width;
  rule(x, width);
  y_ += cell_padding_y;
  place_row({Cell{std::move(lines), x, 0}}, nullptr);
  skip(gap);
}

void Flow::place(const Divider&) {
  keep_together(2 * gap);
  if (is_full_) return;
  skip(gap / 2);
  rule(sheet_.margin, sheet_.inner_width());
  y_ += gap;
}

}  // namespace

Sheet sheet_of(PageSize size) {
  if (size == PageSize::a5) {
    return {148 * points_per_mm, 210 * points_per_mm, 12 * points_per_mm, 8.5};
  }
  return {210 * points_per_mm, 297 * points_per_mm, 18 * points_per_mm, 9.5};
}

std::vector<Page> lay_out(const Document& document, const Typesetter& typesetter) {
  return Flow(document, typesetter).take();
}

}  // namespace ambula::pdf
