#include "definition.hpp"

#include <memory>
#include <notification/migrations.hpp>
#include <notification/sql.hpp>

#include "notification/api/handlers.hpp"
#include "notification/events/handlers.hpp"
#include "notification/jobs.hpp"
#include "notification/sender.hpp"
#include "notification/store/constraints.hpp"

namespace ambula::notification {
namespace {

using namespace std::chrono_literals;

constexpr auto idle_poll = 1s;

struct Settings {
  mail::SmtpOptions smtp;
  std::shared_ptr<mail::Sender> from = std::make_shared<mail::Sender>();
};

void read_settings(config::Reader& reader, Settings& settings) {
  settings.smtp.url = reader.required("AMBULA_SMTP_URL", "The mail server, smtp:// or smtps://.",
                                      "smtp://localhost:25");
  settings.smtp.user =
      reader.text("AMBULA_SMTP_USER", "Who signs in to the mail server; empty: nobody.", "");
  settings.smtp.password = reader.secret("AMBULA_SMTP_PASSWORD", "The password to it.");
  settings.smtp.starttls =
      reader.flag("AMBULA_SMTP_STARTTLS", "Refuse to send without STARTTLS.", false);
  settings.smtp.ca_file =
      reader.text("AMBULA_SMTP_CA_FILE",
                  "Certificates to trust, when the server's is not publicly signed.", "");
  const bool clear = !settings.smtp.user.empty() && !settings.smtp.starttls &&
                     settings.smtp.url.starts_with("smtp://") &&
                     !mail::is_loopback(settings.smtp.url);
  if (clear) {
    reader.refuse("AMBULA_SMTP_STARTTLS",
                  "true, or smtps:// in AMBULA_SMTP_URL: no password goes "
                  "over a network in the clear");
  }
  auto& url = settings.from->public_url;
  url = reader.text("AMBULA_PUBLIC_URL",
                    "Address of Ambula as patients and staff see it; links in mails begin with it.",
                    "http://localhost:8080");
  while (url.ends_with('/'))
    url.pop_back();
  const auto from =
      reader.text("AMBULA_MAIL_FROM", "Sender of the mails.", "Ambula <no-reply@ambula.example>");
  const auto box = mail::parse_mailbox(from);
  if (!box)
    reader.refuse("AMBULA_MAIL_FROM", "an address, for example Ambula <no-reply@ambula.example>");
  if (box) settings.from->from = *box;
}

void send_mail(const Settings& settings, std::stop_token stop, service::Runtime& runtime) {
  const auto transport = [&settings](const mail::Envelope& envelope, std::stop_token ending) {
    return mail::send(settings.smtp, envelope, std::move(ending));
  };
  Sender sender(runtime.database("mail"), *settings.from, transport, runtime.clock(),
                [&] { runtime.committed(); });
  sender.run(std::move(stop), [&runtime](std::stop_token ending) {
    runtime.wait_for_commit(std::move(ending), idle_poll);
  });
}

}  // namespace

service::Definition definition() {
  using auth::Permission;
  using enum http::Method;
  using outbox::HandlerKind;

  const auto settings = std::make_shared<Settings>();
  service::Definition d;
  d.name = "notification";
  d.schema = "notification";
  d.migrations = migrations;
  d.statements = sql::all;
  d.constraints = store::constraints();
  d.topics = {"ambula.message.v1"};
  d.configure = [settings](config::Reader& reader) { read_settings(reader, *settings); };
  d.subscriptions = {
      {"ambula.facility.v1", HandlerKind::projection, events::on_facility, {"facility"}},
      {"ambula.facility.v1", HandlerKind::effect, events::plan_reminders_of_facility},
      {"ambula.patient.v1", HandlerKind::projection, events::on_patient, {"patient"}},
      {"ambula.patient.v1", HandlerKind::effect, events::heed_wishes},
      {"ambula.doctor.v1", HandlerKind::projection, events::on_doctor, {"doctor"}},
      {"ambula.department.v1", HandlerKind::projection, events::on_department, {"department"}},
      {"ambula.appointment.v1", HandlerKind::projection, events::on_appointment, {"appointment"}},
      {"ambula.appointment.v1", HandlerKind::effect, events::tell_of_appointment},
      {"ambula.prescription.v1", HandlerKind::effect, events::on_prescription},
      {"ambula.dispense.v1", HandlerKind::effect, events::on_dispense},
      {"ambula.account-mail.v1", HandlerKind::effect, events::on_account_mail},
      {"ambula.stock.v1", HandlerKind::effect, events::on_stock},
  };
  d.jobs = {
      {"forget-messages", 1h, jobs::forget_messages},
  };
  d.tasks = {
      {"mail", [settings](std::stop_token stop,
                          service::Runtime& runtime) { send_mail(*settings, stop, runtime); }},
  };
  d.routes = {
      {get, "/v1/notifications", Permission::notification_read, api::list_notifications},
      {get, "/v1/notifications/{id}", Permission::notification_read, api::get_notification},
      {post, "/v1/notifications/{id}/resend", Permission::notification_resend,
       api::resend_notification},
      {get, "/v1/notification-templates/{name}/{language}", Permission::template_read,
       api::get_notification_template},
      {put, "/v1/notification-templates/{name}/{language}", Permission::template_write,
       api::put_notification_template},
      {post, "/v1/notification-templates/{name}/{language}/preview", Permission::template_read,
       api::preview_notification_template(settings->from)},
      {get, "/v1/unsubscribe/{token}", Permission::anyone, api::show_unsubscribe},
      {post, "/v1/unsubscribe/{token}", Permission::anyone, api::unsubscribe,
       service::Accepts::form},
  };
  return d;
}

}  // namespace ambula::notification
