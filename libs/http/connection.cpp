#include "connection.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <exception>

#include <ambula/base/text.hpp>
#include <ambula/http/problem.hpp>
#include <ambula/observability/log.hpp>

#include "chunked.hpp"
#include "rethrow.hpp"

namespace ambula::http {
namespace {

constexpr std::size_t first_buffer_bytes = 4096;
constexpr std::size_t linger_bytes_max = 1024 * 1024;
constexpr std::chrono::milliseconds linger_timeout{2000};
/// A reader slower than this per write_timeout is cut, whatever the size of the answer.
constexpr std::size_t slow_reader_bytes = 64 * 1024;

/// Status of a broken rule of validate_head.
int status_of_rule(std::string_view code) {
  if (code == "target-too-long") return 414;
  if (code == "expectation-failed") return 417;
  if (code == "too-many-fields") return 431;
  if (code == "version-not-supported") return 505;
  return 400;
}

bool is_servers_field(std::string_view name) {
  return name == "connection" || name == "content-length" || name == "date" ||
         name == "transfer-encoding" || name == "keep-alive" || name == "upgrade" ||
         name == "trailer";
}

/// Nothing that could end the line early.
bool is_sendable(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

void append_number(std::string& out, std::size_t number, int base = 10) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

bool has_body(int status) {
  return status != 204 && status != 304;
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

/// Tells a stream that nobody will read it.
void drop(Response& response) {
  if (response.stream) response.stream->close_reader();
}

struct Deliver {
  std::weak_ptr<Connection> connection;
  std::uint64_t number;
  Loop::Impl* loop;

  void operator()(Response response) const {
    auto target = connection.lock();
    if (!target) return drop(response);
    if (loop->on_thread()) return target->deliver(number, std::move(response));
    net::post(loop->io,
              [target = std::move(target), response = std::move(response),
               number = number]() mutable { target->deliver(number, std::move(response)); });
  }
};

}  // namespace

std::string_view ServerShared::date_line() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 48> text{};
    const auto size =
        std::strftime(text.data(), text.size(), "date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
    date_line_.assign(text.data(), size);
  }
  return date_line_;
}

void ServerShared::set_busy(bool is_busy) {
  const std::lock_guard lock(mutex);
  is_busy ? ++busy : --busy;
  if (busy == 0) calm.notify_all();
}

bool ServerShared::cut_longest_idle() {
  Connection* longest = nullptr;
  for (Connection* one : connections) {
    const auto since = one->idle_since();
    if (since && (longest == nullptr || *since < *longest->idle_since())) longest = one;
  }
  if (longest != nullptr) longest->cut();
  return longest != nullptr;
}

bool ServerShared::cut_slowest_reader(const Connection& but) {
  Connection* slowest = nullptr;
  for (Connection* one : connections) {
    const auto since = one == &but ? std::nullopt : one->unread_since();
    if (since && (slowest == nullptr || *since < *slowest->unread_since())) slowest = one;
  }
  if (slowest != nullptr) slowest->cut();
  return slowest != nullptr;
}

std::vector<std::shared_ptr<Connection>> ServerShared::snapshot() const {
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections.size());
  for (Connection* connection : connections)
    all.push_back(connection->shared_from_this());
  return all;
}

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

Task<bool> Connection::write_answer(Response response, Method method) {
  if (response.status < 200 || response.status > 599) {
    drop(response);
    response = own_problem(500, "internal", "The request could not be handled.");
  }
  const bool head_request = method == Method::head;
  if (server_->draining) keep_alive_ = false;
  const bool stream = response.stream && has_body(response.status);
  if (stream && http_1_0_) keep_alive_ = false;
  serialise(response, head_request, stream && !http_1_0_);
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

void Connection::serialise(const Response& response, bool head_request, bool chunked) {
  out_ = "HTTP/1.1 ";
  append_number(out_, static_cast<std::size_t>(response.status));
  out_.append(" ")
      .append(reason_phrase(response.status))
      .append("\r\n")
      .append(server_->date_line());
  std::optional<std::string_view> told_length;
  for (const auto& [name, value] : response.headers.all()) {
    if (name == "content-length") told_length = value;
    if (is_servers_field(name) || !is_sendable(name) || !is_sendable(value)) continue;
    out_.append(name).append(": ").append(value).append("\r\n");
  }
  if (chunked) {
    out_ += "transfer-encoding: chunked\r\n";
  } else if (has_body(response.status) && !response.stream) {
    out_ += "content-length: ";
    // An upstream's answer to HEAD has the length without the body.
    const auto length = told_length ? parse_int(*told_length) : std::nullopt;
    const bool told = head_request && response.body.empty() && length && *length >= 0;
    append_number(out_, told ? static_cast<std::size_t>(*length) : response.body.size());
    out_ += "\r\n";
  }
  if (!keep_alive_) out_ += "connection: close\r\n";
  out_ += "\r\n";
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
      append_number(frame, taken.bytes.size(), 16);
      frame += "\r\n";
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

Task<void> Connection::refuse_head(const Error& error) {
  co_await refuse(status_of_rule(error.code), error.code, error.detail);
}

/// Answers with a problem and ends the connection: after what was refused nothing of it can be
/// trusted.
Task<void> Connection::refuse(int status, std::string_view code, std::string_view detail) {
  keep_alive_ = false;
  Error error{ErrorKind::malformed, std::string(code), std::string(detail), {}, {}};
  const Response response = problem_with_status(status, error);
  serialise(response, false, false);
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
