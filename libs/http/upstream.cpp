#include "upstream.hpp"

#include <algorithm>
#include <cstring>

#include <boost/asio/connect.hpp>
#include <boost/beast/http/error.hpp>

#include "rethrow.hpp"

namespace ambula::http {
namespace {

constexpr std::size_t first_answer_bytes = 8 * 1024;
constexpr std::size_t buffer_bytes_max = 64 * 1024;

bool is_idempotent(Method method) {
  return method == Method::get || method == Method::head || method == Method::put ||
         method == Method::delete_;
}

bool is_clients_field(std::string_view name) {
  return name == "host" || name == "content-length" || name == "connection" || name == "expect" ||
         name == "transfer-encoding" || name == "keep-alive" || name == "te" || name == "upgrade" ||
         name == "trailer";
}

bool takes_body(Method method) {
  return method == Method::post || method == Method::put || method == Method::patch;
}

}  // namespace

Upstream::Upstream(std::shared_ptr<Pool> pool, std::shared_ptr<Job> first_job)
    : pool_(std::move(pool)), socket_(pool_->loop.io), job_(std::move(first_job)) {
  place = pool_->all.size();
  pool_->all.push_back(this);
  deadline_ = std::min(job_->request.deadline, SteadyClock::now() + pool_->options.connect_timeout);
}

Task<void> Upstream::run(std::shared_ptr<Upstream> self) {
  const bool connected = co_await self->connect();
  if (connected) {
    self->start(std::exchange(self->job_, nullptr));
    co_await self->read_answers();
  } else {
    self->end(false);
  }
}

Task<bool> Upstream::connect() {
  ErrorCode error;
  Resolver resolver(pool_->loop.io);
  // A literal address needs no thread of the resolver's.
  const auto literal = net::ip::make_address(pool_->options.host, error);
  Resolver::results_type endpoints;
  if (!error) {
    const auto port =
        static_cast<std::uint16_t>(std::strtoul(pool_->options.port.c_str(), nullptr, 10));
    endpoints = Resolver::results_type::create(Tcp::endpoint(literal, port), "", "");
  } else {
    endpoints =
        co_await resolver.async_resolve(pool_->options.host, pool_->options.port, to_error(error));
  }
  if (error || cut_) co_return false;
  for (const auto& entry : endpoints) {
    ErrorCode ignored;
    socket_.close(ignored);
    socket_.open(entry.endpoint().protocol(), error);
    if (!error) co_await socket_.async_connect(entry.endpoint(), to_error(error));
    if (cut_) co_return false;
    if (error) continue;
    socket_.non_blocking(true, ignored);
    socket_.set_option(Tcp::no_delay(true), ignored);
    socket_.set_option(net::socket_base::keep_alive(true), ignored);
    connected_ = true;
    co_return true;
  }
  co_return false;
}

void Upstream::start(std::shared_ptr<Job> job) {
  job_ = std::move(job);
  const ClientRequest& request = job_->request;
  deadline_ = request.deadline;
  parser_.emplace(request.method == Method::head, pool_->options.response_bytes_max);
  got_bytes_ = false;
  sent_bytes_ = 0;
  serialise(request);
  sending_ = {out_, request.body};
  switch (send_now()) {
    case Sent::all:
      return;
    case Sent::rest:
      sending_rest_ = true;
      net::co_spawn(pool_->loop.io, send_rest(shared_from_this(), job_), Rethrow{});
      return;
    case Sent::failed: {
      // The reader finds the end, and what the upstream said before it.
      ErrorCode ignored;
      socket_.shutdown(Socket::shutdown_send, ignored);
      return;
    }
  }
}

void Upstream::serialise(const ClientRequest& request) {
  out_.clear();
  out_.append(to_string(request.method))
      .append(" ")
      .append(request.target)
      .append(" HTTP/1.1\r\nhost: ");
  out_.append(pool_->host_field).append("\r\n");
  for (const auto& [name, value] : request.headers.all()) {
    if (!is_clients_field(name)) out_.append(name).append(": ").append(value).append("\r\n");
  }
  if (!request.body.empty() || takes_body(request.method)) {
    out_.append("content-length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  out_ += "\r\n";
}

Upstream::Sent Upstream::send_now() {
  while (true) {
    const std::array<net::const_buffer, 2> buffers{
        net::const_buffer(sending_[0].data(), sending_[0].size()),
        net::const_buffer(sending_[1].data(), sending_[1].size())};
    ErrorCode error;
    std::size_t size = socket_.write_some(buffers, error);
    if (error == net::error::would_block || error == net::error::try_again) return Sent::rest;
    if (error) return Sent::failed;
    sent_bytes_ += size;
    for (std::string_view& part : sending_) {
      const std::size_t done = std::min(size, part.size());
      part.remove_prefix(done);
      size -= done;
    }
    if (sending_[0].empty() && sending_[1].empty()) return Sent::all;
  }
}

/// The job is held because its body is being sent, even when the answer came before the end.
Task<void> Upstream::send_rest(std::shared_ptr<Upstream> self, std::shared_ptr<Job> job) {
  Sent sent = Sent::rest;
  while (sent == Sent::rest && self->job_ == job && !self->cut_) {
    ErrorCode error;
    co_await self->socket_.async_wait(Socket::wait_write, to_error(error));
    if (error || self->cut_ || self->job_ != job) break;
    sent = self->send_now();
  }
  if (sent == Sent::all) self->sending_rest_ = false;
}

Task<void> Upstream::read_answers() {
  while (true) {
    if (in_size_ == in_.size()) in_.resize(std::max(first_answer_bytes, in_.size() * 2));
    ErrorCode error;
    const std::size_t size = co_await socket_.async_read_some(
        net::buffer(in_.data() + in_size_, in_.size() - in_size_), to_error(error));
    if (error || cut_) co_return end(error == net::error::eof && !cut_);
    if (!job_ && !stream_) co_return end(false);  // nobody asked
    got_bytes_ = true;
    in_size_ += size;
    if (stream_) deadline_ = SteadyClock::now() + pool_->options.stream_idle_timeout;
    const bool filled = in_size_ == in_.size();
    const Read next = co_await use_bytes();
    if (next == Read::end) co_return end(false);
    if (filled && in_.size() < buffer_bytes_max) in_.resize(in_.size() * 2);
  }
}

/// Gives what was received to the parser.
Task<Upstream::Read> Upstream::use_bytes() {
  std::size_t used = 0;
  while (true) {
    ErrorCode error;
    used += parser_->put(net::const_buffer(in_.data() + used, in_size_ - used), error);
    const bool need_more = error == boost::beast::http::error::need_more;
    if (error && !need_more) co_return Read::end;
    if (!stream_ && parser_->is_stream()) begin_stream();
    if (stream_) {
      const bool passed = co_await pass_on();
      if (!passed) co_return Read::end;
    }
    if (parser_->is_done() && parser_->is_interim()) {
      if (parser_->response.status == 101) co_return Read::end;
      parser_.emplace(job_->request.method == Method::head, pool_->options.response_bytes_max);
      if (used < in_size_) continue;
    }
    break;
  }
  in_size_ -= used;
  std::memmove(in_.data(), in_.data() + used, in_size_);
  if (parser_->is_done()) co_return complete();
  // A head or a chunk's head that fills the largest buffer is none.
  co_return in_size_ >= buffer_bytes_max ? Read::end : Read::more;
}

void Upstream::begin_stream() {
  Response response = std::move(parser_->response);
  parser_->response.status = response.status;
  parser_->response.headers = response.headers;  // the parser asks them what it is reading
  parser_->response.body = std::exchange(response.body, {});
  // A piece is what one read brought, and it must always fit.
  stream_ =
      std::make_shared<Channel>(std::max(pool_->options.stream_buffer_bytes, 2 * buffer_bytes_max));
  response.stream = stream_;
  pool_->begin_stream(*this);
  deadline_ = SteadyClock::now() + pool_->options.stream_idle_timeout;
  const auto job = std::exchange(job_, nullptr);
  job->done(std::move(response));
}

/// Pushes what has come; while there is no room nothing more is read, so that the upstream waits as
/// well.
Task<bool> Upstream::pass_on() {
  std::string& body = parser_->response.body;
  // Cut while it waits, the connection has no stream any more.
  while (!cut_ && !stream_->push(body)) {
    if (stream_->closed()) co_return false;
    deadline_ = SteadyClock::time_point::max();
    stream_->on_drained(WakeLater<Upstream>{weak_from_this(), &wake_, &pool_->loop});
    co_await wake_.wait();
  }
  if (cut_) co_return false;
  body.clear();
  deadline_ = SteadyClock::now() + pool_->options.stream_idle_timeout;
  co_return true;
}

Upstream::Read Upstream::complete() {
  ++answers_;
  const bool reuse = parser_->keep_alive() && in_size_ == 0 && !sending_rest_ && !cut_;
  const auto job = std::exchange(job_, nullptr);
  const auto stream = std::exchange(stream_, nullptr);
  Response response = std::move(parser_->response);
  // First back into the pool, so that what `done` starts finds it.
  const bool kept = reuse && pool_->release(*this);
  if (stream) stream->finish();
  if (job) job->done(std::move(response));
  return kept && !cut_ ? Read::idle : Read::end;
}

void Upstream::set_idle(SteadyClock::time_point until) {
  deadline_ = until;
}

void Upstream::on_tick(SteadyClock::time_point now) {
  if (stream_ && stream_->closed()) return cut();
  if (now < deadline_) return;
  if (connected_) return abandon("upstream-timeout");
  abandon(job_ && now >= job_->request.deadline ? "upstream-timeout" : "upstream-unreachable");
}

void Upstream::cut() {
  cut_ = true;
  std::erase(pool_->idle, this);
  ErrorCode ignored;
  socket_.close(ignored);
  wake_.signal();
}

void Upstream::abandon(std::string_view code) {
  const auto job = std::exchange(job_, nullptr);
  const auto stream = std::exchange(stream_, nullptr);
  cut();
  if (stream) stream->abort();
  if (job) job->done(upstream_error(code));
}

/// A kept connection that the upstream had closed: it did nothing with the request, or it does no
/// harm twice.
bool Upstream::may_retry() const {
  return connected_ && answers_ > 0 && !got_bytes_ && !cut_ && !job_->is_retry &&
         (is_idempotent(job_->request.method) || sent_bytes_ == 0) &&
         SteadyClock::now() < job_->request.deadline;
}

/// The connection is over; tells whoever waits for it.
void Upstream::end(bool clean_eof) {
  const bool retry = job_ && may_retry();
  ErrorCode ignored;
  socket_.close(ignored);
  pool_->remove(*this);
  if (stream_) {
    const auto stream = std::exchange(stream_, nullptr);
    ErrorCode error = boost::beast::http::error::partial_message;
    // A stream without framing ends with its connection.
    if (clean_eof && !parser_->is_done()) error = {}, parser_->put_eof(error);
    return error ? stream->abort() : stream->finish();
  }
  if (!job_) return;
  if (retry) {
    job_->is_retry = true;
    return pool_->submit(std::exchange(job_, nullptr));
  }
  if (clean_eof && parser_ && parser_->is_header_done() && !parser_->is_interim()) {
    ErrorCode error;
    parser_->put_eof(error);
    if (!error) {
      const auto job = std::exchange(job_, nullptr);
      return job->done(std::move(parser_->response));
    }
  }
  const auto job = std::exchange(job_, nullptr);
  job->done(upstream_error(connected_ ? "upstream-broken" : "upstream-unreachable"));
}

}  // namespace ambula::http
