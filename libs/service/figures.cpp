#include "figures.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <ambula/base/check.hpp>
#include <ambula/observability/metrics.hpp>

namespace ambula::service {
namespace {

metrics::Gauge gauge_of(const Figure& figure, std::string_view label) {
  if (figure.label.empty()) return metrics::gauge(figure.name, figure.about);
  return metrics::gauge(figure.name, figure.about, {{figure.label, label}});
}

}  // namespace

void Figures::update(db::Session& session) {
  const auto rows = session.read(statement_);
  auto gone = known_;
  for (const auto row : rows) {
    const auto figure = std::ranges::find(figures_, row.text("name"), &Figure::name);
    // A statement that says what its table of figures does not have.
    AMBULA_CHECK(figure != figures_.end());
    const auto label = row.get<std::optional<std::string>>("label").value_or("");
    const auto is_this = [&](const Series& series) {
      return series.figure == &*figure && series.label == label;
    };
    if (std::ranges::none_of(known_, is_this)) known_.push_back({&*figure, label});
    std::erase_if(gone, is_this);
    gauge_of(*figure, label).set(row.get<std::optional<double>>("value").value_or(0));
  }
  for (const auto& series : gone)
    gauge_of(*series.figure, series.label).set(0);
}

}  // namespace ambula::service
