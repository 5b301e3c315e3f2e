// The sending half of Connection: answers, streams, refusals.

#include <algorithm>
#include <array>
#include <iterator>

#include <ambula/http/problem.hpp>
#include <fmt/format.h>

#include "connection.hpp"
#include "response_head.hpp"
#include "rethrow.hpp"

namespace ambula::http {
namespace {

constexpr std::size_t linger_bytes_max = 1024 * 1024;
constexpr std::chrono::milliseconds linger_timeout{2000};
/// A reader slower than this per write_timeout is cut, whatever the size of the answer.
constexpr std::size_t slow_reader_bytes = 64 * 1024;

}  // namespace

Task<bool> Connection::write_answer(Response response, Method method) {
  const bool head_request = method == Method::head;
  if (server_->draining) keep_alive_ = false;
  const bool stream = response.stream && has_body(response.status);
  if (stream && http_1_0_) keep_alive_ = false;
  write_head(response, head_request, stream && !http_1_0_);
  phase_ = Phase::writing;
  deadline_ = SteadyClock::time_point::max();  // what cannot be sent at once sets one
  timed_out_ = false;
  if (stream && !head_request) {
    const bool complete = co_await send_stream(std::move(response.stream));
    if (!complete) co_return false;
  } else {
    drop(response);
    const bool bodiless = head_request || !has_body(response.status);
    const bool sent = co_await send(out_, bodiless ? std::string_view() : response.body, {});
    if (!sent) co_return false;
  }
  leave_busy();
  if (!keep_alive_ && in_size_ > 0) co_await linger();
  co_return keep_alive_;
}

void Connection::write_head(const Response& response, bool to_head, bool chunked) {
  write_response_head(out_, response, {server_->date_line(), to_head, chunked, !keep_alive_});
}

Task<bool> Connection::send_stream(std::shared_ptr<Channel> stream) {
  leave_in_flight();  // it may live for hours, and is no work that waits for a handler
  end_watch_ = false;
  watching_ = true;
  net::co_spawn(server_->loop.io, watch(shared_from_this(), stream), Rethrow{});
  const bool complete = co_await pump(stream);
  if (!complete) {
    cut();
    stream->close_reader();
  }
  co_await end_watch();
  co_return complete && !cut_;
}

/// Sends what the channel gives until its end. The head in out_ goes with the first piece.
Task<bool> Connection::pump(std::shared_ptr<Channel> stream) {
  std::string_view head = out_;
  std::string frame;
  while (true) {
    const Channel::Taken taken = stream->take();
    if (taken.aborted) {
      // Without framing only a reset tells the client that the answer is partial.
      ErrorCode ignored;
      if (http_1_0_) socket_.set_option(net::socket_base::linger(true, 0), ignored);
      co_return false;
    }
    frame = head;
    head = {};
    if (!http_1_0_ && !taken.bytes.empty()) {
      fmt::format_to(std::back_inserter(frame), "{:x}\r\n", taken.bytes.size());
    }
    std::string_view tail;
    if (!http_1_0_) {
      if (taken.finished) tail = taken.bytes.empty() ? "0\r\n\r\n" : "\r\n0\r\n\r\n";
      if (!taken.finished && !taken.bytes.empty()) tail = "\r\n";
    }
    const bool something = !frame.empty() || !taken.bytes.empty() || !tail.empty();
    if (something) {
      const bool sent = co_await send(frame, taken.bytes, tail);
      if (!sent) co_return false;
    }
    if (taken.finished) co_return true;
    if (something) continue;
    phase_ = Phase::streaming;
    stream->on_readable(WakeLater<Connection>{weak_from_this(), &wake_, &server_->loop});
    co_await wake_.wait();
    if (cut_) co_return false;
  }
}

/// Reads while a stream is sent: what comes is the next request's, an end means that the reader has
/// left.
Task<void> Connection::watch(std::shared_ptr<Connection> self, std::shared_ptr<Channel> stream) {
  const std::size_t capacity = self->server_->options.head_bytes_max;
  while (!self->end_watch_ && !self->cut_) {
    const bool room = self->in_size_ < capacity;
    // Cancelled at the end of the stream; a deadline of the writer's cancels it as well, and then
    // cuts.
    bool received = false;
    if (room) received = co_await self->read_some(capacity);
    if (received) continue;
    if (self->end_watch_) break;
    stream->close_reader();
    self->cut();
  }
  self->watching_ = false;
  self->wake_.signal();
}

Task<void> Connection::end_watch() {
  end_watch_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
  while (watching_)
    co_await wake_.wait();
}

Task<bool> Connection::send(std::string_view first, std::string_view second,
                            std::string_view third) {
  const bool ready = !cut_ && prepare(first, second, third);
  const Sent sent = ready ? send_now() : Sent::failed;
  if (sent == Sent::rest) co_return co_await send_rest();
  co_return sent == Sent::all;
}

/// What goes out is what was given, or its ciphertext; false when the TLS is over.
bool Connection::prepare(std::string_view first, std::string_view second, std::string_view third) {
  sending_ = {first, second, third};
  if (!tls_) return true;
  for (const std::string_view part : sending_) {
    if (!tls_->write(part)) return false;
  }
  ciphertext_out_ = tls_->take_output();
  sending_ = {ciphertext_out_, {}, {}};
  return true;
}

/// Sends what the socket takes at once, which is nearly always everything.
Connection::Sent Connection::send_now() {
  while (true) {
    std::array<net::const_buffer, 3> buffers;
    std::transform(sending_.begin(), sending_.end(), buffers.begin(),
                   [](std::string_view part) { return net::buffer(part.data(), part.size()); });
    ErrorCode error;
    std::size_t size = socket_.write_some(buffers, error);
    if (error == net::error::would_block || error == net::error::try_again) return Sent::rest;
    if (error) return Sent::failed;
    bool all = true;
    for (std::string_view& part : sending_) {
      const std::size_t done = std::min(size, part.size());
      part.remove_prefix(done);
      size -= done;
      all = all && part.empty();
    }
    if (all) return Sent::all;
  }
}

Task<bool> Connection::send_rest() {
  std::size_t size = 0;
  for (const std::string_view part : sending_)
    size += part.size();
  // From here on it waits for its reader: others may have the place, and memory has a limit.
  leave_in_flight();
  while (!unsent_.set(size)) {
    if (!server_->cut_slowest_reader(*this)) co_return false;
  }
  const auto slots = static_cast<int>(1 + size / slow_reader_bytes);
  enter(Phase::writing, server_->options.write_timeout * slots);
  Sent sent = Sent::rest;
  while (sent == Sent::rest) {
    ErrorCode error;
    co_await socket_.async_wait(Socket::wait_write, to_error(error));
    if (error || timed_out_ || cut_) break;
    sent = send_now();
  }
  unsent_.set(0);
  deadline_ = SteadyClock::time_point::max();
  co_return sent == Sent::all;
}

/// Answers with a problem and ends the connection: after what was refused nothing of it can be
/// trusted.
Task<void> Connection::refuse(int status, std::string_view code, std::string_view detail) {
  keep_alive_ = false;
  Error error{ErrorKind::malformed, std::string(code), std::string(detail), {}, {}};
  const Response response = problem_with_status(status, error);
  write_head(response, false, false);
  const bool sent = co_await send(out_, response.body, {});
  if (sent) co_await linger();
}

/// Closing with unread bytes resets the connection and may destroy the answer on its way, so what
/// the client still sends is read and dropped for a moment.
Task<void> Connection::linger() {
  leave_busy();
  enter(Phase::lingering, linger_timeout);
  ErrorCode ignored;
  if (tls_) co_await end_tls();
  if (cut_) co_return;
  enter(Phase::lingering, linger_timeout);
  socket_.shutdown(Socket::shutdown_send, ignored);
  std::size_t dropped = 0;
  in_size_ = 0;
  bool received = true;
  while (received && dropped < linger_bytes_max) {
    received = co_await read_some(server_->options.head_bytes_max);
    dropped += in_size_;
    in_size_ = 0;
  }
}

}  // namespace ambula::http
