#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ambula/base/result.hpp>
#include <ambula/base/uuid.hpp>

namespace ambula::db {
class Session;
}

namespace ambula::service {

class Call;
struct Answer;

/// The second half of a handler, with a Call of its own on a worker.
using Rest = std::function<Result<Answer>(Call&)>;
/// Takes the second half; called once, from any thread.
using Resume = std::function<void(Rest)>;

/// Makes the next piece of a streamed answer on a worker; nullopt ends it. Called again only when
/// the piece before is on its way, so memory stays flat whatever the size.
using NextPiece = std::function<std::optional<std::string>(db::Session&)>;

/// One page of a list: `{"items":[…],"next_cursor":…}`, and that cursor.
struct Page {
  std::string body;
  std::optional<std::string> next_cursor;
};

/// What a handler answers. Built by the functions below and refined with the members.
struct Answer {
  int status{200};
  std::string body;  ///< JSON text, or bytes of `content_type`
  std::string content_type{"application/json"};
  std::optional<std::int64_t> version;     ///< becomes ETag: "v3"
  std::optional<std::string> next_cursor;  ///< becomes Link: <?…&cursor=…>; rel="next"
  std::string location;                    ///< path of a created resource (ids only)
  std::vector<Uuid> patients;  ///< whose data this shows or changes, for the audit; at most 200
  std::string resource;        ///< "doctor/<id>", for the audit of administrative changes
  std::vector<std::string> changed;  ///< names of changed fields, for the audit
  std::vector<std::pair<std::string, std::string>> headers;
  NextPiece stream;  ///< when set, the answer is streamed
  /// When set, this is no answer yet: the runtime frees the worker, calls it, and goes on with what
  /// it is given. For work that must not hold a worker (hashing a password).
  std::function<void(Resume)> later;
};

/// 200 with a body.
inline Answer ok(std::string body, std::optional<std::int64_t> version = std::nullopt) {
  Answer answer;
  answer.body = std::move(body);
  answer.version = version;
  return answer;
}

/// 200 with a page of a list.
inline Answer ok(Page page) {
  Answer answer = ok(std::move(page.body));
  answer.next_cursor = std::move(page.next_cursor);
  return answer;
}

/// 201 with Location.
inline Answer created(std::string location, std::string body, std::int64_t version = 1) {
  Answer answer = ok(std::move(body), version);
  answer.status = 201;
  answer.location = std::move(location);
  return answer;
}

/// 204.
inline Answer no_content() {
  Answer answer;
  answer.status = 204;
  return answer;
}

/// See Answer::later.
inline Answer later(std::function<void(Resume)> work) {
  Answer answer;
  answer.later = std::move(work);
  return answer;
}

/// Adds the patients whose data is in the answer.
inline Answer about(Answer answer, std::vector<Uuid> patients) {
  answer.patients = std::move(patients);
  return answer;
}

/// Says for the audit which resource was changed in which fields.
inline Answer changed(Answer answer, std::string_view kind, const Uuid& id,
                      std::vector<std::string> fields) {
  answer.resource = std::string(kind) + "/" + id.str();
  answer.changed = std::move(fields);
  return answer;
}

}  // namespace ambula::service
