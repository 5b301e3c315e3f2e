#include <algorithm>

#include "codec.hpp"
#include "handlers.hpp"
#include "notification/mail/render.hpp"
#include "notification/store/messages.hpp"
#include "notification/store/wordings.hpp"

// The words of our mails: read, made a facility's own, and looked at before they are used [NOT-6].
namespace ambula::notification::api {
namespace {

struct Which {
  domain::Template name;
  std::string language;
};

/// Of the path.
Result<Which> which(Call& call) {
  const auto name = domain::parse_template(call.param("name"));
  const auto language = call.param("language");
  if (!name || !domain::is_language(language)) return not_found("notification-template");
  return Which{*name, std::string(language)};
}

WordingView view_of(Call& call, const Which& which, const std::optional<domain::OwnWording>& own) {
  return {.facility_id = call.facility(),
          .name = which.name,
          .language = which.language,
          .ours = mail::our_wording(which.name, which.language),
          .own = own};
}

std::vector<std::string> changed_fields(const domain::Wording& before,
                                        const domain::Wording& after) {
  std::vector<std::string> fields;
  if (before.subject != after.subject) fields.emplace_back("subject");
  if (before.body != after.body) fields.emplace_back("body");
  return fields;
}

}  // namespace

Result<Answer> get_notification_template(Call& call) {
  const auto wanted = which(call);
  if (!wanted) return wanted.error();
  const auto own = store::wording(call.session(), call.facility(), wanted->name, wanted->language);
  return service::ok(encode(view_of(call, *wanted, own)), own ? own->version : 0);
}

Result<Answer> put_notification_template(Call& call) {
  const auto wanted = which(call);
  if (!wanted) return wanted.error();
  const auto words = decode_wording(call.body());
  if (!words) return words.error();
  if (auto checked = check(wanted->name, *words); !checked) return checked.error();
  return call.transact([&](db::Transaction& tx) -> Result<Answer> {
    const auto before = store::wording(tx, call.facility(), wanted->name, wanted->language);
    const auto version = before ? before->version : 0;
    if (auto current = call.check_version(version); !current) return current.error();
    const auto saved = store::save(tx, call.facility(), wanted->name, wanted->language, *words,
                                   version, call.now(), call.actor());
    if (!saved) {
      return Error{ErrorKind::version_mismatch, "version-mismatch",
                   "Somebody else saved it at the same moment."};
    }
    auto answer = service::ok(encode(view_of(call, *wanted, saved)), saved->version);
    answer.resource =
        "notification-template/" + std::string(to_string(wanted->name)) + "/" + wanted->language;
    const auto ours = mail::our_wording(wanted->name, wanted->language);
    answer.changed =
        changed_fields(before ? static_cast<const domain::Wording&>(*before) : ours, *words);
    return answer;
  });
}

/// As the mail would look, with sample values where the body gives none; `subject` and `body` in it
/// are looked at instead of what is saved.
Handler preview_notification_template(std::shared_ptr<const mail::Sender> sender) {
  return [sender](Call& call) -> Result<Answer> {
    const auto wanted = which(call);
    if (!wanted) return wanted.error();
    const auto preview = decode_preview(call.body(), wanted->name);
    if (!preview) return preview.error();
    mail::Letter letter;
    const auto own =
        store::wording(call.session(), call.facility(), wanted->name, wanted->language);
    letter.wording = mail::our_wording(wanted->name, wanted->language);
    if (own) letter.wording = *own;
    if (preview->subject) letter.wording.subject = *preview->subject;
    if (preview->body) letter.wording.body = *preview->body;
    if (auto checked = check(wanted->name, letter.wording); !checked) return checked.error();
    const auto facility = store::facility(call.session(), call.facility());
    auto values = mail::sample_values(
        wanted->name, wanted->language,
        facility.value_or(domain::Facility{"Ambula", "UTC", "en", {}}), *sender, call.now());
    for (const auto& [name, value] : preview->values)
      values[name] = value;
    if (wanted->name == domain::Template::appointment_reminder)
      letter.unsubscribe_url = sender->public_url + "/v1/unsubscribe/example";
    return service::ok(encode(render(wanted->name, wanted->language, values, letter)));
  };
}

}  // namespace ambula::notification::api
