#include "patient/domain/search.hpp"

#include <algorithm>

#include <ambula/base/text.hpp>
#include <ambula/service/csv.hpp>

#include "access.hpp"
#include "codec.hpp"
#include "handlers.hpp"
#include "patient/domain/phone.hpp"
#include "patient/store/clinical_items.hpp"
#include "patient/store/patients.hpp"

// Finding people: the list with its filters, its CSV, and suggestions while somebody types [PAT-3,
// REP-3].
namespace ambula::patient::api {
namespace {

const std::vector<std::string_view> patient_statuses = {"ACTIVE", "INACTIVE"};
constexpr std::size_t phone_digits_min = 4;
constexpr int suggestions_default = 10;
constexpr int suggestions_max = 20;
constexpr std::size_t ids_max = 100;

std::string csv_of(const std::optional<std::string>& value) {
  return value.value_or("");
}

std::vector<std::string> csv_line_of(const domain::Patient& patient) {
  const auto& details = patient.details;
  const auto address = details.address.value_or(domain::Address{});
  return {patient.mrn,
          std::string(domain::to_string(patient.status)),
          details.given_name,
          csv_of(details.family_name),
          format_date(details.birth_date),
          details.birth_date_estimated ? "true" : "false",
          std::string(domain::to_string(details.sex)),
          csv_of(details.phone),
          csv_of(details.email),
          csv_of(address.line),
          csv_of(address.city),
          csv_of(address.district),
          csv_of(address.state),
          csv_of(address.postal_code),
          csv_of(address.country),
          csv_of(details.blood_group),
          format_instant(patient.record.created_at),
          patient.id.str()};
}

std::vector<std::string> csv_head() {
  return {"mrn",   "status",      "given_name", "family_name", "birth_date", "birth_date_estimated",
          "sex",   "phone",       "email",      "line",        "city",       "district",
          "state", "postal_code", "country",    "blood_group", "created_at", "id"};
}

store::ListFilter within(const Call& call, const Reach& reach) {
  store::ListFilter filter;
  filter.own = reach.doctor_id || reach.patient_id;
  filter.patient_id = reach.patient_id;
  filter.doctor_id = reach.doctor_id;
  filter.now = call.now();
  return filter;
}

/// What one search field was given, as filters. A text of digits is a record number, or the end of
/// a phone when nobody has that number.
void apply(store::ListFilter& filter, const std::string& q, const store::Facility& facility) {
  const auto typed = domain::understand(q);
  filter.q = typed.name;
  if (typed.email) filter.email = typed.email;
  if (typed.mrn) filter.mrn = domain::record_numbers(*typed.mrn, facility.code);
  if (typed.phone && !typed.mrn) {
    filter.phone = domain::phone_ending(*typed.phone, facility.phone_region);
  }
}

store::Page find(db::Session& session, const Uuid& facility_id, const store::ListFilter& filter,
                 const std::optional<store::ListPosition>& after, int limit) {
  return store::list(session, facility_id, filter, after, limit);
}

/// A search by `q`, which may have meant the end of a phone and not a record number.
store::Page find_typed(db::Session& session, const Uuid& facility_id, store::ListFilter filter,
                       const std::optional<std::string>& q, const store::Facility& facility,
                       const std::optional<store::ListPosition>& after, int limit) {
  if (!q) return find(session, facility_id, filter, after, limit);
  auto first = filter;
  apply(first, *q, facility);
  auto page = find(session, facility_id, first, after, limit);
  const auto typed = domain::understand(*q);
  if (!page.patients.empty() || !typed.mrn || !typed.phone) return page;
  filter.phone = domain::phone_ending(*typed.phone, facility.phone_region);
  return find(session, facility_id, filter, after, limit);
}

/// The last digits of a phone, at least four.
std::optional<std::string> phone_of(service::Query& query, const std::string& region) {
  const auto text = query.text("phone", 40);
  if (!text) return std::nullopt;
  auto ending = domain::phone_ending(*text, region);
  if (ending.size() < phone_digits_min) {
    query.fault("phone", "length", "Must have at least 4 digits, not counting zeros in front.");
  }
  return ending;
}

std::optional<store::ListPosition> list_cursor(service::Query& query,
                                               const service::PageRequest& page) {
  if (!page.after) return std::nullopt;
  const auto part = parse_int((*page.after)[0]);
  const auto id = Uuid::parse((*page.after)[1]);
  if (part && *part >= 0 && id) return store::ListPosition{static_cast<std::size_t>(*part), *id};
  query.fault("cursor", "format", "Must be a cursor of an earlier answer of this list.");
  return std::nullopt;
}

/// `ids=a,b,c`: the names of records that somebody has ids of.
std::optional<std::vector<Uuid>> ids_of(service::Query& query) {
  const auto text = query.text("ids", ids_max * 37);
  if (!text) return std::nullopt;
  std::vector<Uuid> ids;
  for (const auto part : split(*text, ',')) {
    const auto id = Uuid::parse(part);
    if (!id) query.fault("ids", "format", "Must be UUIDs with commas between them.");
    if (id) ids.push_back(*id);
  }
  if (ids.size() > ids_max) query.fault("ids", "length", "Must be at most 100.");
  return ids;
}

void add_allergies(Call& call, std::vector<domain::Patient>& patients) {
  std::vector<Uuid> ids;
  for (const auto& patient : patients)
    ids.push_back(patient.id);
  auto allergies = store::present_allergies(call.session(), call.facility(), ids);
  for (auto& patient : patients)
    patient.allergies = std::move(allergies[patient.id]);
}

Answer answer_page(const std::vector<domain::Patient>& patients,
                   const std::optional<service::Cursor>& next, const service::PageRequest& page,
                   std::string (*encode_one)(const domain::Patient&, Sight), Sight sight) {
  std::vector<std::string> items;
  std::vector<Uuid> ids;
  for (const auto& patient : patients) {
    items.push_back(encode_one(patient, sight));
    ids.push_back(patient.id);
  }
  return service::about(service::ok(service::page_body(items, next, page)), std::move(ids));
}

}  // namespace

Result<Answer> list_patients(Call& call) {
  const auto facility = store::facility(call.session(), call.facility());
  if (!facility) return call.unknown("facility", call.facility());
  const auto reach = api::reach(call.principal());
  auto query = call.query();
  auto filter = within(call, reach);
  const auto q = query.text("q", 100);
  filter.phone = phone_of(query, facility->phone_region);
  filter.email = query.text("email", 254);
  if (const auto mrn = query.text("mrn", 60)) {
    filter.mrn = domain::record_numbers(*mrn, facility->code);
  }
  if (const auto status = query.choice("status", patient_statuses)) {
    filter.status = static_cast<domain::Status>(*status);
  }
  const bool csv = query.csv();
  const auto page = query.page(2);
  const auto after = list_cursor(query, page);
  if (auto fault = query.finish()) return *fault;
  if (csv) {
    if (!call.principal().may(auth::Permission::list_export)) {
      return forbidden("forbidden", "The account may not export lists.");
    }
    auto next = [=, id = call.facility(), at = std::optional<store::ListPosition>(),
                 ended = false](db::Session& session) mutable {
      service::CsvLines lines;
      if (ended) return lines;
      auto batch = find_typed(session, id, filter, q, *facility, at, service::csv_batch_lines);
      for (const auto& patient : batch.patients)
        lines.push_back(csv_line_of(patient));
      at = batch.next;
      ended = !batch.next;
      return lines;
    };
    return service::csv("patients.csv", csv_head(), std::move(next));
  }
  auto found = find_typed(call.session(), call.facility(), filter, q, *facility, after, page.limit);
  if (reach.sight == Sight::reduced) add_allergies(call, found.patients);
  std::optional<service::Cursor> next;
  if (found.next) next = service::Cursor{std::to_string(found.next->part), found.next->id.str()};
  return answer_page(found.patients, next, page, encode, reach.sight);
}

Result<Answer> suggest_patients(Call& call) {
  const auto facility = store::facility(call.session(), call.facility());
  if (!facility) return call.unknown("facility", call.facility());
  auto query = call.query();
  const auto q = query.text("q", 100);
  const auto ids = ids_of(query);
  if (q.has_value() == ids.has_value()) {
    query.fault("q", "required", "Say what to look for, or give `ids`.");
  }
  const auto limit = ids ? static_cast<std::int64_t>(ids_max)
                         : query.integer("limit", 1, suggestions_max).value_or(suggestions_default);
  if (auto fault = query.finish()) return *fault;
  const auto reach = api::reach(call.principal());
  auto filter = within(call, reach);
  filter.ids = ids;
  // Whoever is looked for by name is to be booked; a known id may be of somebody of long ago.
  if (q) filter.status = domain::Status::active;
  const auto found = find_typed(call.session(), call.facility(), filter, q, *facility, std::nullopt,
                                static_cast<int>(limit));
  return answer_page(found.patients, std::nullopt, {}, encode_suggestion, reach.sight);
}

}  // namespace ambula::patient::api
