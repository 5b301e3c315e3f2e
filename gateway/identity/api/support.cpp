#include "support.hpp"

#include <algorithm>
#include <new>

#include <ambula/auth/password.hpp>
#include <ambula/http/problem.hpp>

#include "identity/mails.hpp"

namespace ambula::identity::api {

namespace {

Result<service::Answer> busy(service::Call&) {
  return slow_down("too-many-sign-ins", "Too many people sign in at this moment; try again.",
                   std::chrono::seconds(1));
}

}  // namespace

Result<service::Answer> hash_then(Context& context, HashPool::Lane lane,
                                  std::function<service::Rest()> work) {
  return service::later([&context, lane, work = std::move(work)](service::Resume resume) {
    const auto hash = [resume, work] {
      try {
        resume(work());
      } catch (const std::bad_alloc&) {
        resume(busy);  // a hash wants 19 MiB; having none is no wrong password
      }
    };
    if (!context.hashing.submit(hash, lane)) resume(busy);
  });
}

service::Answer slow_down(std::string_view code, std::string_view detail,
                          std::chrono::seconds retry_after) {
  auto response = http::problem(Error{ErrorKind::too_many, code, detail});
  service::Answer answer;
  answer.status = response.status;
  answer.body = std::move(response.body);
  answer.content_type = "application/problem+json";
  answer.headers.emplace_back("retry-after", std::to_string(retry_after.count()));
  return answer;
}

domain::Administrator administrator(const service::Call& call) {
  const auto& principal = call.principal();
  return {.account_id = principal.account_id,
          .facility_id = principal.facility_id,
          .of_installation = principal.has_role(auth::Role::installation_admin)};
}

std::vector<audit::Row> audit_rows(const service::Call& call, std::string_view action,
                                   std::string_view outcome, const domain::Account* account) {
  audit::Row row;
  row.at = call.now();
  row.action = action;
  row.method = http::to_string(call.request().method);
  row.path_template = call.request().path;  // these paths have no parameters
  row.outcome = outcome;
  row.request_id = call.request().headers.get("x-request-id").value_or("");
  row.remote_addr = call.request().remote_addr;
  if (account == nullptr) return {row};
  row.actor_id = account->id;
  row.actor_login = account->login;
  std::vector<audit::Row> rows;
  for (const auto& membership : account->memberships) {
    if (!membership.facility_id) continue;
    row.facility_id = membership.facility_id;
    rows.push_back(row);
  }
  return rows.empty() ? std::vector{row} : rows;
}

std::vector<audit::Row> audit_rows_of_change(const service::Call& call, std::string_view action,
                                             const domain::Account& account,
                                             std::vector<std::string> fields) {
  auto rows = audit_rows(call, action, audit::outcome_success, &account);
  for (auto& row : rows) {
    row.resource = "account/" + account.id.str();
    row.changed = fields;
  }
  return rows;
}

Error bad_token() {
  return rule_broken("bad-token", "The token was used already, has expired, or is none.", "/token");
}

Result<service::Answer> used_token(service::Call& call, const std::string& token) {
  call.compare_by(hash_of_mail_token(token));
  return call.transact([](db::Transaction&) -> Result<service::Answer> { return bad_token(); });
}

bool is_replay(const service::Answer& answer) {
  return std::ranges::any_of(
      answer.headers, [](const auto& header) { return header.first == "idempotency-replayed"; });
}

service::Answer accepted() {
  auto answer = service::ok("{}");
  answer.status = 202;
  return answer;
}

std::vector<std::string_view> own_words(const domain::Account& account) {
  std::vector<std::string_view> words{account.login, account.display_name};
  if (account.email) words.push_back(*account.email);
  return words;
}

service::Answer changed(service::Answer answer, std::string_view kind, const Uuid& id,
                        std::vector<std::string> fields, const std::vector<Uuid>& facilities) {
  std::string ids;
  for (const auto& facility : facilities)
    ids += (ids.empty() ? "" : ",") + facility.str();
  if (!ids.empty()) answer.headers.emplace_back("ambula-facilities", ids);
  return service::changed(std::move(answer), kind, id, std::move(fields));
}

std::vector<Uuid> facilities_of(const domain::Account& account) {
  std::vector<Uuid> facilities;
  for (const auto& membership : account.memberships) {
    if (membership.facility_id) facilities.push_back(*membership.facility_id);
  }
  return facilities;
}

std::string one_time_password() {
  // Nothing that is mistaken for something else when read aloud or copied: 31 signs, so a draw of
  // five bits fits all but one, and that one is drawn again.
  constexpr std::string_view signs = "23456789abcdefghjkmnpqrstuvwxyz";
  constexpr std::size_t length = 16;  // in groups of four: about 79 bits
  std::string password;
  while (password.size() < length + 3) {
    // A hexadecimal digest of random bytes: two digits are one byte, five bits of which are taken.
    const auto random = auth::sha256_hex(auth::random_token(32));
    for (std::size_t i = 0; i + 1 < random.size() && password.size() < length + 3; i += 2) {
      const auto byte = std::stoul(random.substr(i, 2), nullptr, 16);
      if ((byte & 31U) >= signs.size()) continue;
      if (password.size() % 5 == 4) password += '-';
      password += signs[byte & 31U];
    }
  }
  return password;
}

}  // namespace ambula::identity::api
