#pragma once

#include <string>

#include <ambula/db/session.hpp>
#include <ambula/outbox/outbox.hpp>

#include "identity/domain/mail_token.hpp"

namespace ambula::identity {

/// `mail`: empty, with the cause. Makes a single-use token, keeps its hash, and asks the
/// notification service (by AccountMailRequested, whose outbox row goes once it is sent) to mail
/// it. Nothing happens when the account got its share of mails already.
void mail_token(db::Transaction& tx, const domain::MailToken& token, const std::string& language,
                outbox::Events mail, Instant now);

/// What is kept of a token.
std::string hash_of_mail_token(std::string_view token);

}  // namespace ambula::identity
