#pragma once

#include <string>
#include <variant>
#include <vector>

#include <ambula/base/time.hpp>

namespace ambula::pdf {

enum class PageSize { a4, a5 };

/// Starts a part; stays with the first lines of what follows. Level 1 is the largest, 3 the
/// smallest.
struct Heading {
  std::string text;
  int level{2};
};

enum class Tone { normal, strong, small };

/// Running text; a line break in it breaks the line.
struct Paragraph {
  std::string text;
  Tone tone{Tone::normal};
};

struct Field {
  std::string label;
  std::string value;
};

/// Labels and values in two columns.
struct Fields {
  std::vector<Field> items;
};

enum class Align { start, end };

struct Column {
  std::string title;
  double share{1};  ///< of the width, relative to the other columns; nothing below zero counts
  Align align{Align::start};
};

/// Columns of text with a header that is repeated on each page. A row with too few cells is filled
/// up, the cells of a row with too many are joined into its last column: nothing is lost.
struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// A QR code with a text beside it. Content of more than 2 331 bytes does not fit into a code and
/// is printed as text.
struct QrCode {
  std::string content;
  std::string caption;
};

/// A line to sign on, with what is signed below it.
struct Signature {
  std::string label;
};

/// A thin line across the page.
struct Divider {};

using Block = std::variant<Heading, Paragraph, Fields, Table, QrCode, Signature, Divider>;

/// Who issues the document; at the top of the first page.
struct Letterhead {
  std::string name;
  std::vector<std::string> lines;
};

struct Document {
  PageSize page_size{PageSize::a4};
  std::string title;  ///< of the file, shown by viewers; not printed
  Letterhead letterhead;
  std::string footer;  ///< on every page, beside "page / pages": number and name of the document
  Instant created_at;  ///< goes into the file; the same document is the same bytes
  std::vector<Block> blocks;
};

/// A text longer than this is cut and marked `[…]`; so is a document of more pages.
inline constexpr std::size_t max_text_bytes = 100'000;
inline constexpr std::size_t max_pages = 500;

/// The document as the bytes of a PDF. Any text is fine: every script there is a font for,
/// right-to-left, too long (it wraps and breaks pages), no UTF-8 (shown as U+FFFD). Blocking; any
/// thread. Throws std::runtime_error only when the machine fails (no memory).
std::string render(const Document& document);

}  // namespace ambula::pdf
