#pragma once

#include <span>
#include <string_view>

namespace ambula::db {

/// A statement of store/sql/*.sql. Its name is the prepared statement's name and the metric's
/// label.
struct Statement {
  std::string_view name;
  std::string_view sql;
};

}  // namespace ambula::db
