#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ambula/service/call.hpp>

#include "audit/domain/row.hpp"
#include "identity/context.hpp"

// What several handlers share.
namespace ambula::identity::api {

/// Runs `work` on the hashing thread and goes on with what it answers; 429 `too-many-sign-ins` when
/// too many wait in its lane already.
Result<service::Answer> hash_then(Context& context, HashPool::Lane lane,
                                  std::function<service::Rest()> work);

/// 429 with Retry-After.
service::Answer slow_down(std::string_view code, std::string_view detail,
                          std::chrono::seconds retry_after);

/// Who asks, as an administrator of accounts.
domain::Administrator administrator(const service::Call& call);

/// An audit row about this request: one for each facility of the account, so that its
/// administrators see it; without an account, one for nobody known.
std::vector<audit::Row> audit_rows(const service::Call& call, std::string_view action,
                                   std::string_view outcome, const domain::Account* account);

/// The same for what somebody did with a mail's token: the account's rows, with what changed.
std::vector<audit::Row> audit_rows_of_change(const service::Call& call, std::string_view action,
                                             const domain::Account& account,
                                             std::vector<std::string> fields);

/// 422 for a token that was used, has expired or never was.
Error bad_token();
/// The same, or what the request that used it was answered, when it is repeated.
Result<service::Answer> used_token(service::Call& call, const std::string& token);

/// Whether the answer is one that was kept for a repeated request.
bool is_replay(const service::Answer& answer);

/// 202 that tells nothing.
service::Answer accepted();

/// What a password must not be.
std::vector<std::string_view> own_words(const domain::Account& account);

/// Marks an answer for the audit of administrative changes.
/// `facilities`: whose administrators see it when who did it acts for none.
service::Answer changed(service::Answer answer, std::string_view kind, const Uuid& id,
                        std::vector<std::string> fields, const std::vector<Uuid>& facilities);
std::vector<Uuid> facilities_of(const domain::Account& account);

/// Four groups of four signs that are hard to mistake, about 79 bits.
std::string one_time_password();

}  // namespace ambula::identity::api
