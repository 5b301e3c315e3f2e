#pragma once

#include <ambula/service/call.hpp>

namespace ambula::notification::api {

using service::Answer;
using service::Call;

Result<Answer> list_notifications(Call& call);
Result<Answer> get_notification(Call& call);
Result<Answer> resend_notification(Call& call);

}  // namespace ambula::notification::api
