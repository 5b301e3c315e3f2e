#include <platform/migrations.hpp>
#include <utility>

#include <ambula/observability/trace.hpp>
#include <ambula/outbox/outbox.hpp>

namespace ambula::outbox {

Events::Events(Cause cause) : cause_(std::move(cause)) {
  if (!cause_.traceparent.empty()) return;
  const auto* const current = trace::current();
  cause_.traceparent = (current != nullptr ? *current : trace::make()).traceparent();
}

Events& Events::add(std::string_view type, std::string data) {
  ids_.push_back(Uuid::make().str());
  types_.emplace_back(type);
  payloads_.emplace_back(std::move(data));
  return *this;
}

Events& Events::add_tombstone() {
  ids_.push_back(Uuid::make().str());
  types_.emplace_back();
  payloads_.emplace_back(std::nullopt);
  return *this;
}

void append_param(db::Params& params, const Events& events) {
  using db::append_param;
  append_param(params, events.ids_);
  append_param(params, events.types_);
  append_param(params, events.payloads_);
  append_param(params, events.cause_.actor_id);
  append_param(params, events.cause_.causation_id);
  append_param(params, events.cause_.traceparent);
}

std::span<const db::Migration> migrations() {
  return platform::migrations;
}

}  // namespace ambula::outbox
