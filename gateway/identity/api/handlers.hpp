#pragma once

#include <ambula/service/call.hpp>

#include "identity/context.hpp"

// Every handler of this service; identity/definition.cpp lists them with their paths.
namespace ambula::identity::api {

using service::Answer;
using service::Call;

// sign_in.cpp
Result<Answer> sign_in(Context& context, Call& call);

// sessions.cpp
Result<Answer> refresh(Context& context, Call& call);
Result<Answer> sign_out(Context& context, Call& call);
Result<Answer> me(Context& context, Call& call);

// passwords.cpp
Result<Answer> change_password(Context& context, Call& call);
Result<Answer> reset_password(Context& context, Call& call);

// registration.cpp
Result<Answer> register_account(Context& context, Call& call);
Result<Answer> verify_email(Context& context, Call& call);
Result<Answer> accept_invite(Context& context, Call& call);

// recovery.cpp
Result<Answer> forgot_password(Context& context, Call& call);
Result<Answer> recover_password(Context& context, Call& call);

// accounts.cpp
Result<Answer> list_accounts(Context& context, Call& call);
Result<Answer> create_account(Context& context, Call& call);
Result<Answer> get_account(Context& context, Call& call);
Result<Answer> update_account(Context& context, Call& call);
Result<Answer> deactivate_account(Context& context, Call& call);
Result<Answer> reactivate_account(Context& context, Call& call);

// facilities.cpp
Result<Answer> list_facilities(Context& context, Call& call);
Result<Answer> create_facility(Context& context, Call& call);
Result<Answer> get_facility(Context& context, Call& call);
Result<Answer> update_facility(Context& context, Call& call);

}  // namespace ambula::identity::api
