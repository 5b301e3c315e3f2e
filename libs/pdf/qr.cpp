#include <qrencode.h>

#include <ambula/pdf/pages.hpp>

namespace ambula::pdf {
namespace {

struct FreeCode {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

// The standard asks for four white modules around a code.
constexpr int quiet_zone = 4;

}  // namespace

std::vector<Rectangle> qr_modules(const std::string& content, double side) {
  std::vector<Rectangle> modules;
  if (content.empty()) return modules;
  const std::unique_ptr<QRcode, FreeCode> code(
      QRcode_encodeData(static_cast<int>(content.size()),
                        reinterpret_cast<const unsigned char*>(content.data()), 0, QR_ECLEVEL_M));
  if (!code) return modules;
  const double module = side / (code->width + 2 * quiet_zone);
  const auto is_black = [&](int row, int column) {
    return (code->data[row * code->width + column] & 1) != 0;
  };
  // Neighbours in a row are one rectangle: viewers show hairlines between touching ones.
  for (int row = 0; row < code->width; ++row) {
    for (int column = 0; column < code->width;) {
      int end = column;
      while (end < code->width && is_black(row, end))
        ++end;
      if (end > column) {
        modules.push_back({(quiet_zone + column) * module, (quiet_zone + row) * module,
                           (end - column) * module, module});
      }
      column = end + 1;
    }
  }
  return modules;
}

}  // namespace ambula::pdf
