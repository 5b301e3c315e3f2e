#include <memory>

#include <ambula/base/text.hpp>

#include "audit/api/codec.hpp"
#include "audit/api/handlers.hpp"
#include "audit/store/rows.hpp"

namespace ambula::audit::api {
namespace {

using service::Answer;

constexpr int csv_piece_rows = 1000;

store::After after_of(const service::PageRequest& page) {
  if (!page.after) return std::nullopt;
  const auto at = parse_instant((*page.after)[0]);
  const auto id = Uuid::parse((*page.after)[1]);
  if (!at || !id) return std::nullopt;
  return std::pair(*at, *id);
}

service::Cursor cursor_of(const Row& row) {
  return {format_instant(row.at), row.id.str()};
}

Answer as_csv(store::Filter filter) {
  struct Progress {
    store::Filter filter;
    store::After after;
    bool begun{false};
    bool ended{false};
  };
  auto progress = std::make_shared<Progress>();
  progress->filter = std::move(filter);
  Answer answer;
  answer.content_type = "text/csv; charset=utf-8";
  answer.headers.emplace_back("content-disposition", "attachment; filename=\"audit.csv\"");
  answer.stream = [progress](db::Session& session) -> std::optional<std::string> {
    if (progress->ended) return std::nullopt;
    std::string piece;
    if (!std::exchange(progress->begun, true)) piece = service::csv_line(csv_head());
    const auto rows = store::list(session, progress->filter, progress->after, csv_piece_rows);
    for (const auto& row : rows)
      piece += service::csv_line(csv_cells(row));
    progress->ended = rows.size() < static_cast<std::size_t>(csv_piece_rows);
    if (!rows.empty()) progress->after = {rows.back().at, rows.back().id};
    return piece;
  };
  return answer;
}

}  // namespace

Result<Answer> list_audit(service::Call& call) {
  auto query = call.query();
  store::Filter filter;
  if (!call.facility().is_nil()) filter.facility_id = call.facility();
  filter.patient_id = query.uuid("patient_id");
  filter.actor_id = query.uuid("actor_id");
  filter.action = query.text("action", 60);
  const auto period =
      query.period([&call] { return store::zone_of(call.session(), call.facility()); });
  filter.from = period.from;
  filter.to = period.to;
  const bool csv = query.csv();
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  if (csv) return as_csv(std::move(filter));
  const auto rows = store::list(call.session(), filter, after_of(page), page.limit + 1);
  std::vector<std::string> items;
  std::optional<service::Cursor> next;
  for (const auto& row : rows) {
    if (items.size() == static_cast<std::size_t>(page.limit)) {
      next = cursor_of(rows[items.size() - 1]);
      break;
    }
    items.push_back(encode(row));
  }
  return service::ok(service::page_body(items, next, page));
}

}  // namespace ambula::audit::api
