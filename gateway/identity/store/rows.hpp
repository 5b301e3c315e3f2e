#pragma once

#include <ambula/db/rows.hpp>

#include "identity/domain/account.hpp"
#include "identity/domain/facility.hpp"
#include "identity/domain/mail_token.hpp"
#include "identity/domain/session.hpp"

// Rows of this service's tables as domain values; for store/*.cpp.
namespace ambula::identity::store {

domain::Facility to_facility(const db::Row& row);
domain::Account to_account(const db::Row& row);
domain::MailToken to_mail_token(const db::Row& row);
domain::Session to_session(const db::Row& row);

}  // namespace ambula::identity::store
