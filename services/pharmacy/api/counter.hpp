#pragma once

#include <algorithm>

#include <ambula/base/zone.hpp>
#include <ambula/service/call.hpp>
#include <ambula/service/csv.hpp>

#include "pharmacy/store/prescriptions.hpp"
#include "pharmacy/store/reports.hpp"

// What the handlers share.
namespace ambula::pharmacy::api {

/// The facility and its today; 404 or wait while it is not known here.
struct Scene {
  store::Facility facility;
  Date today;
};
Result<Scene> scene(service::Call& call);

/// Whose days a list's dates are; UTC while the facility is not known here, and so has nothing
/// listed.
std::string zone_of(service::Call& call);

/// A prescription with the lots of its medicines, all locked (lots first: that order is the same
/// everywhere).
struct Locked {
  domain::Prescription state;
  std::vector<domain::Lot> lots;
};
/// `more`: medicines that its lines are about to be mapped to. 404, 412.
Result<Locked> lock_prescription(service::Call& call, db::Transaction& tx,
                                 const std::vector<Uuid>& more = {});

/// The patient of an answer, for the audit.
std::vector<Uuid> patient_of(const std::optional<Uuid>& patient);
/// Adds the patient of one more row, once.
void add_patient(std::vector<Uuid>& patients, const std::optional<Uuid>& patient);

/// 400: a cursor of another list.
Error foreign_cursor();
/// The position after which a list by (instant, id) goes on.
Result<store::After> after_of(const service::PageRequest& page);
/// The position after which a list by (name, id) goes on.
Result<store::AfterName> after_name_of(const service::PageRequest& page);

/// One page of `rows`, of which one more than the page's limit was read.
template <class Row, class Encode, class CursorOf>
service::Page page_of(const std::vector<Row>& rows, const service::PageRequest& page, Encode encode,
                      CursorOf cursor_of) {
  const auto shown = std::min(rows.size(), static_cast<std::size_t>(page.limit));
  std::vector<std::string> items;
  for (std::size_t i = 0; i < shown; ++i)
    items.push_back(encode(rows[i]));
  std::optional<service::Cursor> next;
  if (rows.size() > shown) next = cursor_of(rows[shown - 1]);
  return service::page_body(items, next, page);
}

/// A table as CSV: `read(session, after, limit)` answers rows behind `after`, `add(lines, row)` the
/// line or lines of one, `place_of(row)` its position.
template <class After, class Read, class Add, class PlaceOf>
service::Answer csv_of(std::string_view filename, std::vector<std::string> head, Read read, Add add,
                       PlaceOf place_of) {
  return service::csv(filename, std::move(head),
                      [read, add, place_of, after = After{}](db::Session& session) mutable {
                        service::CsvLines lines;
                        const auto rows = read(session, after, service::csv_batch_lines);
                        for (const auto& row : rows)
                          add(lines, row);
                        if (!rows.empty()) after = place_of(rows.back());
                        return lines;
                      });
}

}  // namespace ambula::pharmacy::api
