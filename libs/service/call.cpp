#include "call.hpp"

#include <service/sql.hpp>

#include <ambula/auth/password.hpp>
#include <ambula/base/text.hpp>

#include "version.hpp"

namespace ambula::service {
namespace {

using namespace std::chrono_literals;

// A foreign id younger than this may simply not have arrived; an older one is unknown for good,
// unless our consumers themselves are behind (docs/architecture.md, "Events").
constexpr auto young_id = 30s;
constexpr auto clock_skew = 5s;
constexpr auto projection_behind = 5s;

// The primary key of idempotency_key (libs/outbox/migrations): violated when the key was used by a
// request that committed first.
constexpr std::string_view idempotency_constraint = "idempotency_key_pkey";

/// "name: value" lines; the audit needs to know on a replay whom the first answer showed.
std::string pack_headers(const Answer& answer) {
  std::string packed;
  if (answer.version) packed += "version: " + std::to_string(*answer.version) + "\n";
  if (!answer.location.empty()) packed += "location: " + answer.location + "\n";
  if (!answer.resource.empty()) packed += "resource: " + answer.resource + "\n";
  for (const auto& patient : answer.patients)
    packed += "patient: " + patient.str() + "\n";
  for (const auto& field : answer.changed)
    packed += "changed: " + field + "\n";
  return packed;
}

void unpack_headers(std::string_view packed, Answer& answer) {
  for (const auto line : split(packed, '\n')) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const auto name = line.substr(0, colon);
    const auto value = line.substr(colon + 2);
    if (name == "version") answer.version = parse_int(value);
    if (name == "location") answer.location = value;
    if (name == "resource") answer.resource = value;
    if (name == "changed") answer.changed.emplace_back(value);
    if (name == "patient") {
      if (const auto id = Uuid::parse(value)) answer.patients.push_back(*id);
    }
  }
}

Error idempotency_busy() {
  return conflict("idempotency-busy", "A request with this Idempotency-Key is still running.");
}

}  // namespace

Call::Call(Environment environment) : env_(std::move(environment)) {
  // The dispatcher has refused malformed keys already.
  if (auto key = idempotency_key(env_.request)) key_ = *std::move(key);
}

Uuid Call::id(std::string_view name) const {
  return Uuid::parse(param(name)).value_or(Uuid{});
}

std::string_view Call::param(std::string_view name) const {
  for (const auto& [key, value] : env_.params) {
    if (key == name) return value;
  }
  return {};
}

outbox::Events Call::events() const {
  std::optional<Uuid> by;  // none: nobody is signed in
  if (!actor().is_nil()) by = actor();
  return outbox::Events({by, std::nullopt, env_.traceparent});
}

Result<void> Call::check_version(std::int64_t actual) const {
  const auto header = env_.request.headers.get("if-match");
  if (!header || version_of(*header) == actual) return {};
  return Error{ErrorKind::version_mismatch,
               "version-mismatch",
               "The record has changed since it was read; read it again.",
               {},
               {{"version", std::to_string(actual)}}};
}

Error Call::unknown(std::string_view what, const Uuid& id) {
  const auto made = id.made_at();
  const bool from_the_future = made && *made > env_.now + clock_skew;
  const bool young = made && !from_the_future && *made > env_.now - young_id;
  if (!young && env_.projection_lag < projection_behind) return not_found(what);
  if (young) awaited_ = Awaited{std::string(what), id};
  return Error{ErrorKind::unavailable, "projection-behind",
               "The " + std::string(what) + " is not known here yet; try again."};
}

std::string Call::request_hash() const {
  // The facility is part of the request: one account may work in several.
  std::string text(env_.route);
  text += '\n';
  text += env_.request.path;
  text += '\n';
  text += env_.request.raw_query;
  text += '\n';
  text += facility().str();
  text += '\n';
  text += compared_ ? *compared_ : env_.request.body;
  return auth::sha256_hex(text);
}

Result<void> Call::remember(db::Transaction& tx, const Answer& answer) const {
  if (!key_) return {};
  tx.exec(sql::remember_answer, actor(), *key_, request_hash(), answer.status, pack_headers(answer),
          answer.body);
  return {};
}

Call::IdempotencyParams Call::idempotency_params(const Answer& answer) const {
  return {actor(),    key_, key_ ? request_hash() : "", answer.status, pack_headers(answer),
          answer.body};
}

void append_param(db::Params& params, const Call::IdempotencyParams& self) {
  append_param(params, self.owner);
  append_param(params, self.key);
  append_param(params, self.hash);
  append_param(params, self.status);
  append_param(params, self.headers);
  append_param(params, self.body);
}

Result<std::optional<Answer>> Call::find_remembered() const {
  const auto rows = env_.session.read(sql::find_remembered, actor(), *key_);
  if (rows.empty()) return std::optional<Answer>{};
  const auto row = rows.front();
  if (row.get<std::string>("request_hash") != request_hash()) {
    return rule_broken("idempotency-mismatch",
                       "This Idempotency-Key was used for another request.");
  }
  Answer answer;
  answer.status = row.get<int>("status");
  answer.body = row.get<std::string>("body");
  unpack_headers(row.text("headers"), answer);
  answer.headers.emplace_back("idempotency-replayed", "true");
  return std::optional(std::move(answer));
}

Result<Answer> Call::run_once(const std::function<Result<Answer>()>& command) {
  Result<Answer> answer = Answer{};
  try {
    answer = command();
  } catch (const db::InDoubt&) {
    // Only the stored key can tell whether it happened. Without one the client must look for
    // itself.
    if (key_) {
      auto remembered = find_remembered();
      if (!remembered) return remembered.error();
      if (*remembered) {
        env_.committed();
        return **std::move(remembered);
      }
    }
    throw;
  } catch (const db::StatementFailed& failure) {
    const bool key_taken = failure.constraint == idempotency_constraint;
    if (!key_ || !(key_taken || failure.waited_too_long())) throw;
    auto remembered = find_remembered();
    if (!remembered) return remembered.error();
    if (!*remembered) return idempotency_busy();
    return **std::move(remembered);
  }
  if (answer) {
    env_.committed();
    return answer;
  }
  // A repeated command is usually refused by the state that its first run left behind: tell what
  // the first run answered.
  if (key_) {
    auto remembered = find_remembered();
    if (!remembered) return remembered.error();
    if (*remembered) return **std::move(remembered);
  }
  return answer;
}

Result<std::optional<std::string>> idempotency_key(const http::Request& request) {
  const auto header = request.headers.get("idempotency-key");
  if (!header) return std::optional<std::string>{};
  bool printable = !header->empty() && header->size() <= 255;
  for (const char c : *header)
    printable = printable && c > 0x20 && c < 0x7F;
  if (!printable) {
    return Error{ErrorKind::malformed,
                 "invalid-request",
                 "The Idempotency-Key is not valid.",
                 {{"Idempotency-Key", "format", "Must be 1 to 255 printable ASCII characters."}}};
  }
  return std::optional(std::string(*header));
}

}  // namespace ambula::service
