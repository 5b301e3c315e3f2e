#include "connection.hpp"

#include <algorithm>
#include <cstring>
#include <exception>

#include <ambula/base/text.hpp>
#include <ambula/http/problem.hpp>
#include <ambula/observability/log.hpp>

#include "chunked.hpp"

namespace ambula::http {
namespace {

constexpr std::size_t first_buffer_bytes = 4096;

/// Status of a broken rule of validate_head.
int status_of_rule(std::string_view code) {
  if (code == "target-too-long") return 414;
  if (code == "expectation-failed") return 417;
  if (code == "too-many-fields") return 431;
  if (code == "version-not-supported") return 505;
  return 400;
}

/// The deadline of a request: the server's limit, or what the gateway says is left of its own.
SteadyClock::time_point deadline_of(const Headers& headers, const ServerOptions& options) {
  auto limit = options.total_timeout;
  if (!options.heeds_deadline_field) return SteadyClock::now() + limit;
  if (const auto text = headers.get("ambula-deadline-ms")) {
    const auto left = parse_int(*text);
    if (left && *left >= 0) limit = std::min(limit, std::chrono::milliseconds(*left));
  }
  return SteadyClock::now() + limit;
}

Response own_problem(int status, std::string_view code, std::string_view detail) {
  return problem_with_status(status, Error{ErrorKind::unavailable, code, detail});
}

struct Deliver {
  std::weak_ptr<Connection> connection;
  std::uint64_t number;
  Loop::Impl* loop;

  void operator()(Response response) const {
    auto target = connection.lock();
    if (!target) return Connection::drop(response);
    if (loop->on_thread()) return target->deliver(number, std::move(response));
    net::post(loop->io,
              [target = std::move(target), response = std::move(response),
               number = number]() mutable { target->deliver(number, std::move(response)); });
  }
};

}  // namespace

Connection::Connection(std::shared_ptr<ServerShared> server, Socket socket, bool is_refused)
    : refused(is_refused),
      server_(std::move(server)),
      socket_(std::move(socket)),
      body_(server_->bodies),
      unsent_(server_->unsent) {
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(Tcp::no_delay(true), ignored);
  socket_.set_option(net::socket_base::keep_alive(true), ignored);
  remote_addr_ = socket_.remote_endpoint(ignored).address().to_string();
  if (server_->options.tls) {
    tls_ = std::make_unique<TlsSession>(server_->options.tls->present());
  }
  place = server_->connections.size();
  server_->connections.push_back(this);
  refused ? ++server_->refusing : server_->admitted.fetch_add(1);
  enter(Phase::idle, server_->options.idle_timeout);
}

Connection::~Connection() = default;

Task<void> Connection::run(std::shared_ptr<Connection> self) {
  bool usable = true;
  if (self->tls_) usable = co_await self->shake_hands();
  if (!usable) co_return self->close();
  if (self->refused) {
    co_await self->refuse(503, "too-many-connections",
                          "There are too many connections; try again.");
  } else {
    // g++ 12 lays a frame out wrongly when a co_await alone is a condition, so each has a name.
    bool more = true;
    while (more)
      more = co_await self->serve_one();
    if (self->tls_) co_await self->end_tls();
  }
  self->close();
}

void Connection::close() {
  leave_busy();
  ErrorCode ignored;
  socket_.close(ignored);
  deadline_ = SteadyClock::time_point::max();
  server_->connections.back()->place = place;
  std::swap(server_->connections[place], server_->connections.back());
  server_->connections.pop_back();
  refused ? --server_->refusing : server_->admitted.fetch_sub(1);
}

void Connection::enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  timed_out_ = false;
  entered_ = SteadyClock::now();
  deadline_ = entered_ + limit;
}

std::optional<SteadyClock::time_point> Connection::idle_since() const {
  if (phase_ != Phase::idle || cut_ || refused) return std::nullopt;
  return entered_;
}

std::optional<SteadyClock::time_point> Connection::unread_since() const {
  if (unsent_.bytes() == 0 || cut_) return std::nullopt;
  return entered_;
}

void Connection::enter_busy() {
  if (!std::exchange(busy_, true)) server_->set_busy(true);
}

void Connection::leave_busy() {
  if (std::exchange(busy_, false)) server_->set_busy(false);
  leave_in_flight();
  body_.set(0);
}

void Connection::leave_in_flight() {
  if (std::exchange(in_flight_, false)) server_->in_flight.fetch_sub(1);
}

void Connection::on_expired() {
  timed_out_ = true;
  deadline_ = SteadyClock::time_point::max();
  if (phase_ == Phase::handling) {
    wake_.signal();
  } else {
    ErrorCode ignored;
    socket_.cancel(ignored);
  }
}

void Connection::close_if_idle() {
  ErrorCode ignored;
  if (phase_ != Phase::idle || in_size_ > 0) return;
  // A request that has arrived but was not read yet is still answered.
  socket_.available(ignored) > 0 ? enter_busy() : cut();
}

void Connection::cut() {
  cut_ = true;
  unsent_.set(0);
  ErrorCode ignored;
  socket_.close(ignored);
  wake_.signal();
}

void Connection::drop(Response& response) {
  if (response.stream) response.stream->close_reader();
}

void Connection::deliver(std::uint64_t number, Response response) {
  if (number != exchange_ || phase_ != Phase::handling || response_ || cut_) return drop(response);
  response_ = std::move(response);
  wake_.signal();
}

Task<bool> Connection::serve_one() {
  const bool has_head = co_await read_head();
  if (!has_head) co_return false;
  auto head = validate_head(std::string_view(in_.data(), head_size_),
                            {server_->options.header_count_max, HeadLimits{}.target_bytes_max});
  if (!head) {
    co_await refuse_head(head.error());
    co_return false;
  }
  consume(head_size_);
  http_1_0_ = head->http_1_0;
  keep_alive_ = head->keep_alive;
  auto request = std::make_shared<Request>();
  request->method = head->method;
  request->path = std::move(head->path);
  request->query = std::move(head->query);
  request->raw_query = std::move(head->raw_query);
  request->headers = std::move(head->headers);
  request->remote_addr = remote_addr_;
  request->deadline = deadline_of(request->headers, server_->options);
  if (head->chunked || head->content_length.value_or(0) > 0) {
    const bool complete = co_await read_body(*head, *request);
    if (!complete) co_return false;
  }
  co_return co_await answer(std::move(request));
}

Task<bool> Connection::read_head() {
  scanned_ = 0;
  if (in_size_ == 0 && in_.size() > first_buffer_bytes)
    std::string(first_buffer_bytes, '\0').swap(in_);
  if (tls_) std::string().swap(ciphertext_out_);
  enter(Phase::idle, server_->options.idle_timeout);
  const std::size_t limit = server_->options.head_bytes_max;
  while (true) {
    if (in_size_ > 0 && phase_ == Phase::idle) {
      enter(Phase::head, server_->options.head_timeout);
      enter_busy();
    }
    if (in_size_ > 0 && (head_size_ = find_head_end()) > 0 && head_size_ <= limit) co_return true;
    if (in_size_ >= limit) {
      const bool long_line = std::memchr(in_.data(), '\n', limit) == nullptr;
      co_await refuse(long_line ? 414 : 431, long_line ? "target-too-long" : "head-too-large",
                      "The request head is too large.");
      co_return false;
    }
    if (phase_ == Phase::idle && server_->draining) co_return false;
    const bool received = co_await read_some(limit);
    if (!received) {
      if (timed_out_ && phase_ == Phase::head) {
        co_await refuse(408, "head-timeout", "The request head took too long.");
      }
      co_return false;
    }
  }
}

/// Size of the head at the front of what was received, 0 while it is incomplete. A line that does
/// not end with CR LF ends the search too: the validator refuses it.
std::size_t Connection::find_head_end() {
  const std::string_view received(in_.data(), in_size_);
  while (true) {
    const auto lf = received.find('\n', scanned_);
    if (lf == std::string_view::npos) {
      scanned_ = in_size_;
      return 0;
    }
    scanned_ = lf + 1;
    const bool crlf = lf >= 1 && received[lf - 1] == '\r';
    const bool empty_line = crlf && (lf == 1 || received[lf - 2] == '\n');
    if (!crlf || empty_line) return scanned_;
  }
}

/// Receives into the buffer, which grows up to `capacity`. False for an end, an error or a
/// deadline.
Task<bool> Connection::read_some(std::size_t capacity) {
  if (cut_) co_return false;
  if (in_size_ == in_.size()) {
    in_.resize(std::min(capacity, std::max(first_buffer_bytes, in_.size() * 2)));
  }
  const std::size_t room = std::min(in_.size(), capacity) - in_size_;
  if (tls_) {
    const std::size_t size = co_await read_plain(in_.data() + in_size_, room);
    in_size_ += size;
    co_return size > 0;
  }
  ErrorCode error;
  const std::size_t size =
      co_await socket_.async_read_some(net::buffer(in_.data() + in_size_, room), to_error(error));
  if (error || timed_out_ || cut_) co_return false;
  in_size_ += size;
  co_return true;
}

/// Bounded like a request's head: a peer that says nothing holds a socket for that long.
Task<bool> Connection::shake_hands() {
  enter(Phase::head, server_->options.head_timeout);
  const auto until = deadline_;
  while (true) {
    const auto state = tls_->handshake();
    const bool sent = co_await send({}, {}, {});
    if (!sent || state == TlsSession::Handshake::failed) co_return false;
    if (state == TlsSession::Handshake::done) co_return true;
    phase_ = Phase::head;
    deadline_ = until;
    const bool received = co_await receive_ciphertext();
    if (!received) co_return false;
  }
}

/// Tells the peer that this is the end, so that nobody can cut an answer short unseen.
Task<void> Connection::end_tls() {
  if (cut_) co_return;
  tls_->close();
  const bool sent = co_await send({}, {}, {});
  if (!sent) cut();
}

/// 0 at an end, an error or a deadline.
Task<std::size_t> Connection::read_plain(char* to, std::size_t room) {
  while (true) {
    const auto size = tls_->read(to, room);
    if (size != 0) co_return static_cast<std::size_t>(std::max<std::ptrdiff_t>(size, 0));
    const bool received = co_await receive_ciphertext();
    if (!received) co_return 0;
  }
}

/// Into the one buffer of all connections: an idle one keeps none.
Task<bool> Connection::receive_ciphertext() {
  while (true) {
    ErrorCode error;
    co_await socket_.async_wait(Socket::wait_read, to_error(error));
    if (error || timed_out_ || cut_) co_return false;
    const std::size_t size = socket_.read_some(net::buffer(server_->ciphertext), error);
    if (error == net::error::would_block || error == net::error::try_again) continue;
    if (error) co_return false;
    tls_->receive({server_->ciphertext.data(), size});
    co_return true;
  }
}

void Connection::consume(std::size_t size) {
  in_size_ -= size;
  if (in_size_ > 0) std::memmove(in_.data(), in_.data() + size, in_size_);
}

Task<bool> Connection::read_body(const Head& head, Request& request) {
  if (head.content_length.value_or(0) > server_->options.body_bytes_max) {
    co_await refuse(413, "body-too-large", "The request body is too large.");
    co_return false;
  }
  enter(Phase::body, server_->options.body_timeout);
  if (head.expects_continue && in_size_ == 0) {
    const bool sent = co_await send("HTTP/1.1 100 Continue\r\n\r\n", {}, {});
    if (!sent) co_return false;
    enter(Phase::body, server_->options.body_timeout);
  }
  bool complete = false;
  if (head.chunked) {
    complete = co_await read_chunked(request);
  } else {
    complete = co_await read_sized(*head.content_length, request);
  }
  if (!complete && timed_out_) {
    co_await refuse(408, "body-timeout", "The request body took too long.");
  }
  co_return complete;
}

Task<bool> Connection::read_sized(std::size_t size, Request& request) {
  // Larger pieces for larger bodies; the memory itself grows only with what has come.
  if (size > in_.size()) in_.resize(std::max(in_.size(), server_->options.head_bytes_max));
  while (true) {
    const std::size_t part = std::min(in_size_, size - request.body.size());
    request.body.append(in_.data(), part);
    consume(part);
    const bool kept = co_await keep(request.body);
    if (!kept) co_return false;
    if (request.body.size() == size) co_return true;
    const bool received = co_await read_some(server_->options.head_bytes_max);
    if (!received) co_return false;
  }
}

Task<bool> Connection::read_chunked(Request& request) {
  ChunkedDecoder decoder(server_->options.body_bytes_max);
  while (true) {
    std::string_view input(in_.data(), in_size_);
    const auto state = decoder.feed(input, request.body);
    consume(in_size_ - input.size());
    const bool kept = co_await keep(request.body);
    if (!kept) co_return false;
    if (state == ChunkedDecoder::State::done) co_return true;
    if (state == ChunkedDecoder::State::too_large) {
      co_await refuse(413, "body-too-large", "The request body is too large.");
      co_return false;
    }
    if (state == ChunkedDecoder::State::malformed) {
      co_await refuse(400, "chunked-body", "The chunked body cannot be read.");
      co_return false;
    }
    const bool received = co_await read_some(server_->options.head_bytes_max);
    if (!received) co_return false;
  }
}

/// False when all bodies together are too much; refused then.
Task<bool> Connection::keep(const std::string& body) {
  if (body_.set(body.size())) co_return true;
  co_await refuse(503, "busy", "Too many large requests are in work; try again.");
  co_return false;
}

Task<bool> Connection::answer(std::shared_ptr<Request> request) {
  const Method method = request->method;
  ++exchange_;
  response_.reset();
  if (server_->in_flight >= server_->options.in_flight_max) {
    Response busy = own_problem(503, "busy", "Too many requests are in work.");
    co_return co_await write_answer(std::move(busy), method);
  }
  server_->in_flight.fetch_add(1);
  in_flight_ = true;
  phase_ = Phase::handling;
  timed_out_ = SteadyClock::now() >= request->deadline;
  deadline_ = request->deadline;
  if (!timed_out_) call_handler(request);
  request.reset();
  while (!response_ && !timed_out_ && !cut_)
    co_await wake_.wait();
  if (cut_) {
    if (response_) drop(*response_);
    co_return false;
  }
  if (!response_) response_ = own_problem(503, "deadline-passed", "The answer took too long.");
  Response response = std::move(*response_);
  response_.reset();
  if (response.status < 200 || response.status > 599) {
    drop(response);
    response = own_problem(500, "internal", "The request could not be handled.");
  }
  co_return co_await write_answer(std::move(response), method);
}

void Connection::call_handler(const std::shared_ptr<Request>& request) {
  try {
    server_->handler(request, Deliver{weak_from_this(), exchange_, &server_->loop});
  } catch (const std::exception&) {
    // The text may hold what a person typed: it goes nowhere.
    log::error("http_handler_threw");
    deliver(exchange_, own_problem(500, "internal", "The request could not be handled."));
  }
}

Task<void> Connection::refuse_head(const Error& error) {
  co_await refuse(status_of_rule(error.code), error.code, error.detail);
}

}  // namespace ambula::http
