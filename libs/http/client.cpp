#include "client.hpp"

#include <algorithm>

#include "rethrow.hpp"
#include "upstream.hpp"

namespace ambula::http {
namespace {

/// Requests that wait for a connection. More would only wait for their deadlines.
constexpr std::size_t waiting_max = 4096;

std::string_view sentence(std::string_view code) {
  if (code == "upstream-unreachable") return "A part of the system cannot be reached.";
  if (code == "upstream-timeout") return "A part of the system did not answer in time.";
  if (code == "upstream-busy") return "A part of the system is too busy.";
  return "A part of the system ended its answer early.";
}

bool is_plain(std::string_view text, bool spaces_allowed) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 ? byte != 0x7F : spaces_allowed && (c == ' ' || c == '\t');
  });
}

/// Nothing that could end a line of the request's head early.
bool is_sendable(const ClientRequest& request) {
  if (!request.target.starts_with('/') || !is_plain(request.target, false)) return false;
  const auto& fields = request.headers.all();
  return std::all_of(fields.begin(), fields.end(), [](const auto& field) {
    return !field.first.empty() && field.first.find(':') == std::string::npos &&
           is_plain(field.first, false) && is_plain(field.second, true);
  });
}

std::string host_field_of(const ClientOptions& options) {
  const bool v6 = options.host.find(':') != std::string::npos;
  return (v6 ? "[" + options.host + "]" : options.host) + ":" + options.port;
}

}  // namespace

Error upstream_error(std::string_view code) {
  return Error{ErrorKind::unavailable, code, std::string(sentence(code))};
}

Pool::Pool(Loop::Impl& of_loop, ClientOptions with_options)
    : loop(of_loop), options(std::move(with_options)), host_field(host_field_of(options)) {}

void Pool::submit(std::shared_ptr<Job> job) {
  if (closed) return job->done(upstream_error("upstream-broken"));
  if (SteadyClock::now() >= job->request.deadline)
    return job->done(upstream_error("upstream-timeout"));
  // A retry takes a fresh connection: the other kept ones may be just as dead.
  if (!idle.empty() && !job->is_retry) {
    Upstream* upstream = idle.back();
    idle.pop_back();
    return upstream->start(std::move(job));
  }
  if (all.size() - streaming < options.connections_max) return open(std::move(job));
  if (waiting.size() >= waiting_max) return job->done(upstream_error("upstream-busy"));
  waiting.push_back(std::move(job));
}

void Pool::open(std::shared_ptr<Job> job) {
  auto upstream = std::make_shared<Upstream>(shared_from_this(), std::move(job));
  net::co_spawn(loop.io, Upstream::run(std::move(upstream)), Rethrow{});
}

void Pool::open_waiting() {
  if (waiting.empty() || closed || all.size() - streaming >= options.connections_max) return;
  auto job = std::move(waiting.front());
  waiting.pop_front();
  open(std::move(job));
}

void Pool::begin_stream(Upstream& upstream) {
  upstream.streams = true;
  ++streaming;
  open_waiting();
}

void Pool::end_stream(Upstream& upstream) {
  if (std::exchange(upstream.streams, false)) --streaming;
}

bool Pool::release(Upstream& upstream) {
  end_stream(upstream);
  // While it streamed its place may have been given away.
  if (all.size() - streaming > options.connections_max) return false;
  if (closed) return false;
  if (!waiting.empty()) {
    auto job = std::move(waiting.front());
    waiting.pop_front();
    upstream.start(std::move(job));
    return true;
  }
  if (idle.size() >= options.idle_connections_max) return false;
  upstream.set_idle(SteadyClock::now() + options.idle_timeout);
  idle.push_back(&upstream);
  return true;
}

void Pool::remove(Upstream& upstream) {
  end_stream(upstream);
  std::erase(idle, &upstream);
  std::swap(all[upstream.place], all.back());
  all[upstream.place]->place = upstream.place;
  all.pop_back();
  open_waiting();
}

void Pool::tick(SteadyClock::time_point now) {
  std::vector<std::shared_ptr<Job>> late;
  std::erase_if(waiting, [&](const auto& job) {
    if (now < job->request.deadline) return false;
    late.push_back(job);
    return true;
  });
  for (const auto& job : late)
    job->done(upstream_error("upstream-busy"));
  std::vector<std::shared_ptr<Upstream>> present;
  present.reserve(all.size());
  for (Upstream* upstream : all)
    present.push_back(upstream->shared_from_this());
  for (const auto& upstream : present)
    upstream->on_tick(now);
}

void Pool::close() {
  closed = true;
  const auto left = std::exchange(waiting, {});
  for (const auto& job : left)
    job->done(upstream_error("upstream-broken"));
  std::vector<std::shared_ptr<Upstream>> present;
  for (Upstream* upstream : all)
    present.push_back(upstream->shared_from_this());
  for (const auto& upstream : present)
    upstream->abandon("upstream-broken");
}

struct Client::Impl {
  std::shared_ptr<Pool> pool;
};

Client::Client(Loop& loop, ClientOptions options) : impl_(std::make_shared<Impl>()) {
  impl_->pool = std::make_shared<Pool>(loop.impl(), std::move(options));
  const auto pool = impl_->pool;
  pool->loop.run_and_wait([&] {
    pool->loop.add_tick(pool.get(), [pool](SteadyClock::time_point now) { pool->tick(now); });
  });
}

Client::~Client() {
  const auto pool = impl_->pool;
  pool->loop.run_and_wait([&] {
    pool->loop.remove_tick(pool.get());
    pool->close();
  });
}

void Client::send(ClientRequest request, std::function<void(Result<Response>)> done) {
  auto job = std::make_shared<Job>(Job{std::move(request), std::move(done), false});
  Loop::Impl& loop = impl_->pool->loop;
  if (!is_sendable(job->request)) {
    const Error error{ErrorKind::internal,
                      "request-not-sendable",
                      "The request has a target or a field that cannot be sent.",
                      {},
                      {}};
    if (loop.on_thread()) return job->done(error);
    return net::post(loop.io, [job, error] { job->done(error); });
  }
  if (loop.on_thread()) return impl_->pool->submit(std::move(job));
  net::post(loop.io, [pool = impl_->pool, job = std::move(job)] { pool->submit(job); });
}

}  // namespace ambula::http
