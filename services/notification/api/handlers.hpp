#pragma once

#include <memory>

#include <ambula/service/call.hpp>

#include "notification/mail/render.hpp"

namespace ambula::notification::api {

using service::Answer;
using service::Call;
using service::Handler;

Result<Answer> list_notifications(Call& call);
Result<Answer> get_notification(Call& call);
Result<Answer> resend_notification(Call& call);

Result<Answer> get_notification_template(Call& call);
Result<Answer> put_notification_template(Call& call);
Handler preview_notification_template(std::shared_ptr<const mail::Sender> sender);

Result<Answer> show_unsubscribe(Call& call);
Result<Answer> unsubscribe(Call& call);

}  // namespace ambula::notification::api
