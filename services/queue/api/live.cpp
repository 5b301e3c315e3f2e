#include <ambula/base/text.hpp>
#include <ambula/service/live.hpp>

#include "codec.hpp"
#include "handlers.hpp"
#include "queue/live/hub.hpp"
#include "turns.hpp"

// Server-sent events of a queue: with names for staff, labels only for the waiting room [QUE-8].
namespace ambula::queue::api {
namespace {

/// A header that is no number of ours is as good as none.
std::optional<std::int64_t> last_event_id(const Call& call) {
  const auto header = call.request().headers.get("last-event-id");
  if (!header) return std::nullopt;
  const auto number = parse_int(*header);
  if (!number || *number < 0) return std::nullopt;
  return *number;
}

Result<Answer> open(Call& call, live::Reader reader) {
  const auto beginning = live::begin(call.session(), reader, last_event_id(call), call.now());
  if (!beginning) return not_found("queue");
  // A line longer than usual still fits as a whole.
  reader.channel = std::make_shared<http::Channel>(live::channel_bytes + beginning->frames.size());
  reader.channel->push(beginning->frames.empty() ? ": welcome back\n\n" : beginning->frames);
  reader.last = beginning->last;
  auto answer = service::live("text/event-stream", reader.channel);
  answer.resource = "queue/" + reader.queue_id.str();
  if (!live::hub().add(std::move(reader))) {
    return Error{ErrorKind::unavailable, "too-many-streams", "Too many live views."};
  }
  return answer;
}

/// What a doctor must not see is told without names, so that it leaves their screen.
live::Show staff_view(const std::optional<DoctorsList>& list) {
  return [list](const store::Named& named) {
    if (list && !list->has(named.entry)) return encode_hidden(named.entry);
    return encode(named.entry, named.names);
  };
}

}  // namespace

Result<Answer> stream_queue(Call& call) {
  const auto list = list_of(call);
  return open(call, {.facility_id = call.facility(),
                     .queue_id = call.id(),
                     .audience = list ? "doctor " + list->doctor_id.str() : "staff",
                     .show = staff_view(list)});
}

Result<Answer> stream_board(Call& call) {
  const auto queue = store::queue_of_board(call.session(), call.param("board_token"));
  if (!queue) return not_found("board");
  return open(call,
              {.facility_id = queue->facility_id,
               .queue_id = queue->id,
               .audience = "board",
               .show = [](const store::Named& named) { return encode_for_board(named.entry); }});
}

}  // namespace ambula::queue::api
