#include "server.hpp"

#include <limits>

#include "connection.hpp"
#include "rethrow.hpp"

namespace ambula::http {
namespace {

/// Connections beyond the limit that are told so at the same time; further ones are closed without
/// a word.
constexpr std::size_t refusing_max = 64;
constexpr std::chrono::milliseconds accept_retry_delay{50};

void admit(const std::shared_ptr<ServerShared>& shared, Socket socket) {
  const bool full = shared->admitted >= shared->options.connections_max;
  const bool refused = full && !shared->cut_longest_idle();
  if (refused && shared->refusing >= refusing_max) return;
  auto connection = std::make_shared<Connection>(shared, std::move(socket), refused);
  net::co_spawn(shared->loop.io, Connection::run(std::move(connection)), Rethrow{});
}

Task<void> accept_all(std::shared_ptr<ServerShared> shared, std::shared_ptr<Acceptor> acceptor) {
  Timer pause(shared->loop.io);
  while (acceptor->is_open()) {
    Socket socket(shared->loop.io);
    ErrorCode error;
    co_await acceptor->async_accept(socket, to_error(error));
    if (!acceptor->is_open()) co_return;
    if (!error) {
      admit(shared, std::move(socket));
      continue;
    }
    // Out of descriptors: waiting lets others close.
    pause.expires_after(accept_retry_delay);
    co_await pause.async_wait(to_error(error));
  }
}

/// What the kernel has accepted already is served, so that a drain refuses nobody who was
/// connected.
void accept_waiting(const std::shared_ptr<ServerShared>& shared, Acceptor& acceptor) {
  ErrorCode error;
  acceptor.non_blocking(true, error);
  while (!error) {
    Socket socket(shared->loop.io);
    acceptor.accept(socket, error);
    if (!error) admit(shared, std::move(socket));
  }
}

void tick(const std::shared_ptr<ServerShared>& shared, SteadyClock::time_point now) {
  std::vector<std::shared_ptr<Connection>> expired;
  for (Connection* connection : shared->connections) {
    if (connection->expired(now)) expired.push_back(connection->shared_from_this());
  }
  for (const auto& connection : expired)
    connection->on_expired();
}

void cut_all(ServerShared& shared) {
  for (const auto& connection : shared.snapshot())
    connection->cut();
}

}  // namespace

struct Server::Impl {
  std::shared_ptr<ServerShared> shared;
  std::shared_ptr<Acceptor> acceptor;
  std::uint16_t port{0};
};

Server::Server(Loop& loop, ServerOptions options, Handler handler)
    : impl_(std::make_shared<Impl>()) {
  impl_->shared =
      std::make_shared<ServerShared>(loop.impl(), std::move(options), std::move(handler));
  impl_->acceptor = std::make_shared<Acceptor>(loop.impl().io);
}

Server::~Server() {
  ServerShared& shared = *impl_->shared;
  shared.loop.run_and_wait([&] {
    ErrorCode ignored;
    shared.draining = true;
    impl_->acceptor->close(ignored);
    shared.loop.remove_tick(impl_.get());
    cut_all(shared);
    shared.handler = nullptr;
  });
}

Result<void> Server::start() {
  const ServerOptions& options = impl_->shared->options;
  ErrorCode error;
  const auto address = net::ip::make_address(options.address, error);
  const Tcp::endpoint endpoint(address, options.port);
  Acceptor& acceptor = *impl_->acceptor;
  if (!error) acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(net::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
  if (error) {
    return Error{ErrorKind::unavailable, "listen-failed",
                 "Cannot listen on " + options.address + ":" + std::to_string(options.port) + ": " +
                     error.message()};
  }
  impl_->port = acceptor.local_endpoint(error).port();
  Loop::Impl& loop = impl_->shared->loop;
  loop.run_and_wait([&] {
    loop.add_tick(impl_.get(),
                  [shared = impl_->shared](SteadyClock::time_point now) { tick(shared, now); });
    net::co_spawn(loop.io, accept_all(impl_->shared, impl_->acceptor), Rethrow{});
  });
  return {};
}

std::uint16_t Server::port() const {
  return impl_->port;
}

void Server::begin_drain() {
  const auto shared = impl_->shared;
  shared->loop.run_and_wait([&] {
    if (shared->draining || !impl_->acceptor->is_open()) return;
    accept_waiting(shared, *impl_->acceptor);
    shared->draining = true;
    ErrorCode ignored;
    impl_->acceptor->close(ignored);
  });
  // In a turn of its own: what was received in the first one has been seen by then.
  shared->loop.run_and_wait([&] {
    for (const auto& connection : shared->snapshot())
      connection->close_if_idle();
  });
}

bool Server::wait_drained(std::chrono::milliseconds limit) {
  ServerShared& shared = *impl_->shared;
  {
    std::unique_lock lock(shared.mutex);
    if (shared.calm.wait_for(lock, limit, [&] { return shared.busy == 0; })) return true;
  }
  shared.loop.run_and_wait([&] { cut_all(shared); });
  return false;
}

std::size_t Server::connections() const {
  return impl_->shared->admitted;
}
std::size_t Server::in_flight() const {
  return impl_->shared->in_flight;
}

}  // namespace ambula::http
