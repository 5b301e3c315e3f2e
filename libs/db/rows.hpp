#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::db {

/// One row of a result; keeps the result alive. An unknown column or a NULL read as a plain
/// value is a programmer's error and stops the process.
class Row {
 public:
  bool is_null(std::string_view column) const;
  std::string_view text(std::string_view column) const;

  /// T: bool, int, std::int64_t, double, std::string, Uuid, Instant, Date, LocalMinutes (int4 of
  /// minutes), std::vector of std::string, Uuid, int, Instant; or std::optional of any of them.
  template <class T>
  T get(std::string_view column) const {
    if constexpr (requires {
                    typename T::value_type;
                    T(std::nullopt);
                  }) {
      if (is_null(column)) return std::nullopt;
      typename T::value_type value{};
      convert(text(column), value);
      return value;
    } else {
      T value{};
      convert(text(column), value);
      return value;
    }
  }

 private:
  friend class Rows;
  static void convert(std::string_view text, bool& value);
  static void convert(std::string_view text, int& value);
  static void convert(std::string_view text, std::int64_t& value);
  static void convert(std::string_view text, double& value);
  static void convert(std::string_view text, std::string& value);
  static void convert(std::string_view text, Uuid& value);
  static void convert(std::string_view text, Instant& value);
  static void convert(std::string_view text, Date& value);
  static void convert(std::string_view text, LocalMinutes& value);
  static void convert(std::string_view text, std::vector<std::string>& value);
  static void convert(std::string_view text, std::vector<Uuid>& value);
  static void convert(std::string_view text, std::vector<int>& value);
  static void convert(std::string_view text, std::vector<Instant>& value);

  std::shared_ptr<const void> result_;
  std::size_t index_{0};
};

/// The result of a statement.
class Rows {
 public:
  Rows() = default;
  explicit Rows(std::shared_ptr<const void> result);

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  /// Rows changed by INSERT, UPDATE, DELETE.
  std::size_t affected() const;
  Row operator[](std::size_t index) const;
  Row front() const { return (*this)[0]; }

  class Iterator {
   public:
    Iterator(const Rows* rows, std::size_t index) : rows_(rows), index_(index) {}
    Row operator*() const { return (*rows_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Rows* rows_;
    std::size_t index_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  std::shared_ptr<const void> result_;
};

}  // namespace ambula::db
