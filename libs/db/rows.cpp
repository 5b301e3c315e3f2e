#include <charconv>

#include <ambula/base/check.hpp>
#include <ambula/db/rows.hpp>
#include <ambula/db/value_text.hpp>
#include <pqxx/result>

namespace ambula::db {
namespace {

const pqxx::result& result_of(const void* result) {
  AMBULA_CHECK(result != nullptr);
  return *static_cast<const pqxx::result*>(result);
}

pqxx::field field_of(const void* result, std::size_t index, std::string_view column) {
  const pqxx::result& rows = result_of(result);
  for (pqxx::row::size_type i = 0; i < rows.columns(); ++i) {
    if (rows.column_name(i) == column) {
      return rows[static_cast<pqxx::result::size_type>(index)][i];
    }
  }
  AMBULA_CHECK(!"the statement has no such column");
  return rows[0][0];
}

template <class T>
void read_number(std::string_view text, T& value) {
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  AMBULA_CHECK(read.ec == std::errc{} && read.ptr == end);
}

template <class T>
void read_checked(const std::optional<T>& read, T& value) {
  AMBULA_CHECK(read.has_value());
  value = *read;
}

template <class T, class Convert>
void read_array(std::string_view text, std::vector<T>& values, Convert convert_one) {
  const std::optional<value_text::Elements> elements = value_text::to_array(text);
  AMBULA_CHECK(elements.has_value());
  values.clear();
  values.reserve(elements->size());
  for (const std::optional<std::string>& element : *elements) {
    AMBULA_CHECK(element.has_value());
    convert_one(*element, values.emplace_back());
  }
}

}  // namespace

bool Row::is_null(std::string_view column) const {
  return field_of(result_.get(), index_, column).is_null();
}

std::string_view Row::text(std::string_view column) const {
  const pqxx::field field = field_of(result_.get(), index_, column);
  AMBULA_CHECK(!field.is_null());
  return {field.c_str(), field.size()};
}

void Row::convert(std::string_view text, bool& value) {
  AMBULA_CHECK(text == "t" || text == "f");
  value = text == "t";
}
void Row::convert(std::string_view text, int& value) {
  read_number(text, value);
}
void Row::convert(std::string_view text, std::int64_t& value) {
  read_number(text, value);
}
void Row::convert(std::string_view text, double& value) {
  read_number(text, value);
}
void Row::convert(std::string_view text, std::string& value) {
  value = std::string(text);
}
void Row::convert(std::string_view text, Uuid& value) {
  read_checked(Uuid::parse(text), value);
}
void Row::convert(std::string_view text, Instant& value) {
  read_checked(value_text::to_instant(text), value);
}
void Row::convert(std::string_view text, Date& value) {
  read_checked(value_text::to_date(text), value);
}
void Row::convert(std::string_view text, LocalMinutes& value) {
  int minutes = 0;
  read_number(text, minutes);
  value = LocalMinutes{minutes};
}
void Row::convert(std::string_view text, std::vector<std::string>& value) {
  read_array(text, value, [](std::string_view element, std::string& out) { out = element; });
}
void Row::convert(std::string_view text, std::vector<Uuid>& value) {
  read_array(text, value, [](std::string_view element, Uuid& out) { convert(element, out); });
}
void Row::convert(std::string_view text, std::vector<int>& value) {
  read_array(text, value, [](std::string_view element, int& out) { convert(element, out); });
}
void Row::convert(std::string_view text, std::vector<Instant>& value) {
  read_array(text, value, [](std::string_view element, Instant& out) { convert(element, out); });
}

Rows::Rows(std::shared_ptr<const void> result) : result_(std::move(result)) {}

std::size_t Rows::size() const {
  if (!result_) return 0;
  return static_cast<std::size_t>(result_of(result_.get()).size());
}

std::size_t Rows::affected() const {
  if (!result_) return 0;
  return static_cast<std::size_t>(result_of(result_.get()).affected_rows());
}

Row Rows::operator[](std::size_t index) const {
  AMBULA_CHECK(index < size());
  Row row;
  row.result_ = result_;
  row.index_ = index;
  return row;
}

}  // namespace ambula::db
