#include "definition.hpp"

#include <identity/migrations.hpp>
#include <identity/sql.hpp>

#include "identity/api/handlers.hpp"
#include "identity/events/handlers.hpp"
#include "identity/store/constraints.hpp"
#include "identity/store/mail_tokens.hpp"
#include "identity/store/sessions.hpp"

namespace ambula::identity {

void define(service::Definition& d, std::function<Context&()> context) {
  using auth::Permission;
  using enum http::Method;
  using outbox::HandlerKind;
  using namespace std::chrono_literals;

  const auto with = [context](Result<service::Answer> (*handler)(Context&, service::Call&)) {
    return [context, handler](service::Call& call) { return handler(context(), call); };
  };
  d.migrations = migrations;
  d.constraints = store::constraints();
  d.topics = {"ambula.facility.v1", "ambula.account.v1", "ambula.self-registration.v1",
              "ambula.account-mail.v1"};
  // Its rows hold single-use tokens.
  d.transient_topics = {"ambula.account-mail.v1"};
  d.subscriptions = {
      {"ambula.doctor.v1", HandlerKind::effect, events::on_doctor},
      {"ambula.patient.v1", HandlerKind::effect, events::on_patient},
      {"ambula.patient-binding.v1", HandlerKind::effect, events::on_patient_binding},
  };
  d.jobs.push_back(
      {"forget-sessions", 60s, [](db::Session& session, Instant now, const std::function<void()>&) {
         // The longest that the settings allow: a job has no settings of its own.
         store::forget_old(session, now, {.absolute = std::chrono::hours(24 * 90)});
       }});
  d.jobs.push_back({"forget-mail-tokens", 10min,
                    [](db::Session& session, Instant now, const std::function<void()>&) {
                      store::forget_mail_tokens(session, now);
                    }});
  const std::vector<service::Route> routes = {
      {post, "/v1/auth/sign-in", Permission::anyone, with(api::sign_in)},
      {post, "/v1/auth/refresh", Permission::anyone, with(api::refresh)},
      {post, "/v1/auth/sign-out", Permission::signed_in, with(api::sign_out)},
      {post, "/v1/auth/change-password", Permission::signed_in, with(api::change_password)},
      {post, "/v1/auth/register", Permission::anyone, with(api::register_account)},
      {post, "/v1/auth/verify-email", Permission::anyone, with(api::verify_email)},
      {post, "/v1/auth/accept-invite", Permission::anyone, with(api::accept_invite)},
      {post, "/v1/auth/forgot-password", Permission::anyone, with(api::forgot_password)},
      {post, "/v1/auth/reset-password", Permission::anyone, with(api::recover_password)},
      {get, "/v1/me", Permission::signed_in, with(api::me)},
      {get, "/v1/facilities", Permission::anyone, with(api::list_facilities)},
      {post, "/v1/facilities", Permission::facility_create, with(api::create_facility)},
      {get, "/v1/facilities/{id}", Permission::facility_read, with(api::get_facility)},
      {patch, "/v1/facilities/{id}", Permission::facility_update, with(api::update_facility)},
      {get, "/v1/accounts", Permission::account_read, with(api::list_accounts)},
      {post, "/v1/accounts", Permission::account_write, with(api::create_account)},
      {get, "/v1/accounts/{id}", Permission::account_read, with(api::get_account)},
      {patch, "/v1/accounts/{id}", Permission::account_write, with(api::update_account)},
      {post, "/v1/accounts/{id}/deactivate", Permission::account_write,
       with(api::deactivate_account)},
      {post, "/v1/accounts/{id}/reactivate", Permission::account_write,
       with(api::reactivate_account)},
      {post, "/v1/accounts/{id}/reset-password", Permission::account_write,
       with(api::reset_password)},
  };
  d.routes.insert(d.routes.end(), routes.begin(), routes.end());
}

}  // namespace ambula::identity
