#pragma once

#include <string_view>
#include <vector>

#include <ambula/db/session.hpp>

namespace ambula::service {

/// A gauge of what the database holds, with at most one label.
struct Figure {
  std::string_view name;
  std::string_view about;
  std::string_view label{};  ///< its values come from a closed set
};

/// Sets the gauges from one statement with the columns name, label and value (float8). A label that
/// no row has any more becomes 0. Every replica says the same, so readers take the maximum over
/// replicas.
class Figures {
 public:
  Figures(const db::Statement& statement, const std::vector<Figure>& figures)
      : statement_(statement), figures_(figures) {}
  void update(db::Session& session);

 private:
  struct Series {
    const Figure* figure;
    std::string label;
  };
  const db::Statement& statement_;
  const std::vector<Figure>& figures_;
  std::vector<Series> known_;
};

}  // namespace ambula::service
