#include "handlers.hpp"
#include "notification/mail/render.hpp"
#include "notification/store/reminders.hpp"

// The link under a reminder: a page for people, one click for mail programs (RFC 8058) [NOT-5]. Who
// has the link may do this one thing and learns nothing of the patient.
namespace ambula::notification::api {
namespace {

Answer page(const store::Unsubscription& link, bool done) {
  const auto language = domain::choose_language(link.language, link.locale);
  auto answer = service::ok(mail::unsubscribe_html(language, link.facility, done));
  answer.content_type = "text/html; charset=utf-8";
  answer.headers = {{"content-security-policy",
                     "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                     "base-uri 'none'; frame-ancestors 'none'"},
                    {"content-language", language}};
  return answer;
}

Uuid token_of(Call& call) {
  return call.id("token");
}

}  // namespace

Result<Answer> show_unsubscribe(Call& call) {
  const auto link = store::find_unsubscription(call.session(), token_of(call));
  if (!link) return not_found("unsubscribe-link");
  return page(*link, link->used);
}

Result<Answer> unsubscribe(Call& call) {
  const auto link = store::find_unsubscription(call.session(), token_of(call));
  if (!link) return not_found("unsubscribe-link");
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    store::unsubscribe(tx, token_of(call), call.now());
    return service::about(page(*link, true), {link->patient_id});
  });
}

}  // namespace ambula::notification::api
