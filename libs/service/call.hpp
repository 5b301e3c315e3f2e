#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <ambula/auth/principal.hpp>
#include <ambula/base/result.hpp>
#include <ambula/base/time.hpp>
#include <ambula/base/uuid.hpp>
#include <ambula/db/session.hpp>
#include <ambula/http/message.hpp>
#include <ambula/outbox/outbox.hpp>
#include <ambula/service/answer.hpp>
#include <ambula/service/query.hpp>

namespace ambula::service {

/// One authenticated and authorized request on a worker: what a handler sees. Handlers are plain
/// functions `Result<Answer> handler(Call&)`: decode, then one `transact` (or `execute`) or one
/// read, then encode.
class Call {
 public:
  /// What the runtime provides.
  struct Environment {
    db::Session& session;
    const http::Request& request;
    const std::vector<std::pair<std::string, std::string>>& params;
    const auth::Principal& principal;
    Instant now;
    std::string traceparent;
    std::string_view route;                    ///< "POST /v1/appointments"
    std::chrono::milliseconds projection_lag;  ///< how far our consumers are behind
    const std::function<void()>& committed;    ///< wakes the relay
  };
  explicit Call(Environment environment);

  db::Session& session() { return env_.session; }
  const auth::Principal& principal() const { return env_.principal; }
  const Uuid& facility() const { return env_.principal.facility_id; }
  const Uuid& actor() const { return env_.principal.account_id; }
  Instant now() const { return env_.now; }
  std::string_view body() const { return env_.request.body; }
  const http::Request& request() const { return env_.request; }

  /// A path parameter as an id. Anything but a UUID becomes the nil id, which no record has: the
  /// answer is the 404 of an unknown one.
  Uuid id(std::string_view name = "id") const;
  /// A path parameter as text.
  std::string_view param(std::string_view name) const;
  Query query() const { return Query(env_.request); }

  /// For the events of this command.
  outbox::Events events() const;

  /// 412 `version-mismatch` when If-Match does not name this version. PATCH and PUT without it
  /// never reach a handler (428).
  Result<void> check_version(std::int64_t actual) const;

  /// The error for an id of a neighbour's record that our projection does not know: 404
  /// `<what>-not-found`, or 503 `projection-behind` while the fact may still be on its way; a young
  /// id makes the runtime wait for the projection and run the handler again (docs/architecture.md,
  /// "Events").
  Error unknown(std::string_view what, const Uuid& id);
  /// The neighbour's record that the request may wait for.
  struct Awaited {
    std::string what;
    Uuid id;
  };
  const std::optional<Awaited>& awaited() const { return awaited_; }

  /// Runs a command in one transaction. With an Idempotency-Key its 2xx answer is stored in the
  /// same transaction, and a repeated key gets the stored answer instead (422
  /// `idempotency-mismatch` for another request, 409 `idempotency-busy` while the first still
  /// runs). Wakes the relay after the commit.
  template <class Body>
  Result<Answer> transact(Body&& body) {
    return run_once([&]() -> Result<Answer> {
      return env_.session.transact([&](db::Transaction& tx) -> Result<Answer> {
        Result<Answer> answer = body(tx);
        if (answer) {
          if (auto stored = remember(tx, *answer); !stored) return stored.error();
        }
        return answer;
      });
    });
  }

  /// Runs a command that is one statement and commits by itself (one round trip). The statement
  /// must insert the idempotency row itself from `idempotency_params` (docs/adr/0001); repeated
  /// keys are answered as in `transact`.
  Result<Answer> run_once(const std::function<Result<Answer>()>& command);

  /// Parameters owner, key, hash, status, headers, body for a statement that stores its own answer;
  /// key is NULL when the client sent none.
  struct IdempotencyParams {
    Uuid owner;
    std::optional<std::string> key;
    std::string hash;
    int status;
    std::string headers;
    std::string body;
    friend void append_param(db::Params& params, const IdempotencyParams& self);
  };
  IdempotencyParams idempotency_params(const Answer& answer) const;

  /// What stands for the body when requests of one key are compared. For bodies with a password,
  /// whose plain hash must not be kept. Before `transact`.
  void compare_by(std::string text) { compared_ = std::move(text); }

 private:
  Result<void> remember(db::Transaction& tx, const Answer& answer) const;
  Result<std::optional<Answer>> find_remembered() const;
  std::string request_hash() const;

  Environment env_;
  std::optional<std::string> key_;
  std::optional<std::string> compared_;
  std::optional<Awaited> awaited_;
};

/// A free function, or one bound to what its process keeps in memory.
using Handler = std::function<Result<Answer>(Call&)>;

/// Idempotency-Key's form: 1 to 255 printable ASCII characters; else 400.
Result<std::optional<std::string>> idempotency_key(const http::Request& request);

}  // namespace ambula::service
