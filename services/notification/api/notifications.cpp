#include <algorithm>

#include "codec.hpp"
#include "handlers.hpp"
#include "notification/store/messages.hpp"

// What was sent to whom, what was not and why, and sending it anew [NOT-5].
namespace ambula::notification::api {
namespace {

std::vector<std::string_view> list_of(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

std::vector<Uuid> patients_of(const std::vector<domain::Message>& messages) {
  std::vector<Uuid> patients;
  for (const auto& message : messages) {
    if (message.patient_id &&
        std::find(patients.begin(), patients.end(), *message.patient_id) == patients.end()) {
      patients.push_back(*message.patient_id);
    }
  }
  return patients;
}

}  // namespace

Result<Answer> list_notifications(Call& call) {
  auto query = call.query();
  store::ListFilter filter{.patient_id = query.uuid("patient_id"),
                           .status = std::nullopt,
                           .template_name = std::nullopt};
  if (const auto status = query.choice("status", list_of(domain::status_names())))
    filter.status = static_cast<domain::Status>(*status);
  if (const auto name = query.choice("template", list_of(domain::template_names()))) {
    filter.template_name = static_cast<domain::Template>(*name);
  }
  const auto page = query.page(2);
  if (auto fault = query.finish()) return *fault;
  std::optional<std::pair<Instant, Uuid>> after;
  if (page.after) {
    const auto at = parse_instant((*page.after)[0]);
    if (!at)
      return Error{ErrorKind::malformed, "invalid-request", "The cursor is not of this list."};
    after = {*at, Uuid::parse((*page.after)[1]).value_or(Uuid{})};
  }
  auto messages = store::list(call.session(), call.facility(), filter, after, page.limit + 1);
  std::optional<service::Cursor> next;
  if (messages.size() > static_cast<std::size_t>(page.limit)) {
    messages.pop_back();
    next = service::Cursor{format_instant(messages.back().created_at), messages.back().id.str()};
  }
  std::vector<std::string> items;
  for (const auto& message : messages)
    items.push_back(encode(message));
  return service::about(service::ok(service::page_body(items, next, page)), patients_of(messages));
}

Result<Answer> get_notification(Call& call) {
  const auto message = store::get(call.session(), call.facility(), call.id());
  if (!message) return not_found("notification");
  return service::about(service::ok(encode(*message), message->version), patients_of({*message}));
}

/// A new message of the same intent; the fact is looked up again when it is sent, as for every
/// message.
Result<Answer> resend_notification(Call& call) {
  const auto reason = decode_resend(call.body());
  if (!reason) return reason.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto message = store::lock(tx, call.facility(), call.id());
    if (!message) return not_found("notification");
    if (auto current = call.check_version(message->version); !current) return current.error();
    const auto intent = store::lock_intent(tx, *message);
    for (const auto& one : intent) {
      if (auto decision = decide(one, domain::Resend{}); !decision) return decision.error();
    }
    const auto again = resend_of(*message, Uuid::make(call.now()), intent.back().resend_no + 1,
                                 *reason, call.now(), call.actor());
    if (!store::insert(tx, again))
      return conflict("already-exists", "The message is being sent anew already.");
    auto answer = service::ok(encode(again), again.version);
    answer.location = "/v1/notifications/" + again.id.str();
    return service::about(std::move(answer), patients_of({again}));
  });
}

}  // namespace ambula::notification::api
