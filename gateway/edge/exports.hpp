#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <ambula/base/uuid.hpp>
#include <ambula/http/message.hpp>

namespace ambula::edge {

/// Whether an answer gives out a table, which is written down at its beginning and at its end.
bool is_export(const http::Response& answer);

/// What was exported: "export:doctor_id=…,from=2026-11-01,q". The value of a filter stands there
/// only where it cannot say who a patient is; of a search the name alone.
std::string export_resource(const http::Request& request);

/// The patient that an export was narrowed to.
std::optional<Uuid> patient_of_export(const http::Request& request);

/// Counts the records of a CSV as its pieces pass; a line end within quotes ends none.
class RecordCount {
 public:
  void see(std::string_view bytes);
  /// Without the head.
  std::int64_t records() const { return lines_ > 0 ? lines_ - 1 : 0; }

 private:
  std::int64_t lines_{0};
  bool quoted_{false};
};

}  // namespace ambula::edge
