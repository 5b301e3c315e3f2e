#include "patient/store/bindings.hpp"

#include "codec.hpp"
#include "command.hpp"
#include "handlers.hpp"

// Accounts of patients: invited by the desk, or refused and shown to it [ID-5].
namespace ambula::patient::api {
namespace {

using Position = std::pair<Instant, Uuid>;

std::optional<Position> binding_cursor(service::Query& query, const service::PageRequest& page) {
  if (!page.after) return std::nullopt;
  const auto at = parse_instant((*page.after)[0]);
  const auto account = Uuid::parse((*page.after)[1]);
  if (at && account) return Position{*at, *account};
  query.fault("cursor", "format", "Must be a cursor of an earlier answer of this list.");
  return std::nullopt;
}

}  // namespace

Result<Answer> invite_patient(Call& call) {
  if (auto empty = decode_nothing(call.body()); !empty) return empty.error();
  auto answer = command(call, [](const domain::Patient& patient, Date, Sight) {
    return decide(patient, domain::Invite{});
  });
  if (answer) answer->status = 202;
  return answer;
}

Result<Answer> list_patient_bindings(Call& call) {
  auto query = call.query();
  query.choice("status", {"REFUSED"});
  const auto page = query.page(2);
  const auto before = binding_cursor(query, page);
  if (auto fault = query.finish()) return *fault;
  auto refused = store::list_refused(call.session(), call.facility(), before, page.limit + 1);
  std::optional<service::Cursor> next;
  if (refused.size() > static_cast<std::size_t>(page.limit)) {
    refused.pop_back();
    next = service::Cursor{format_instant(refused.back().at), refused.back().account_id.str()};
  }
  std::vector<std::string> items;
  std::vector<Uuid> shown;
  for (const auto& one : refused) {
    items.push_back(encode(one));
    shown.insert(shown.end(), one.candidates.begin(), one.candidates.end());
  }
  return service::about(service::ok(service::page_body(items, next, page)), std::move(shown));
}

}  // namespace ambula::patient::api
