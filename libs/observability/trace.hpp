#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ambula::trace {

/// W3C trace context (level 1): where a piece of work belongs.
struct Context {
  std::string trace_id;  ///< 32 hex digits
  std::string span_id;   ///< 16 hex digits
  bool sampled{true};
  std::string parent_span_id{};  ///< the span that this one is a part of; empty: none is known

  /// "00-<trace>-<span>-01"
  std::string traceparent() const;
  /// Same trace, new span.
  Context child() const;
};

/// A new trace. While spans are exported (export.hpp) it is sampled by their ratio.
Context make();
/// The part of traces begun here that are sampled, 0 to 1; 1 until it is set.
void set_sample_ratio(double ratio);
/// Reads a `traceparent`; nullopt when malformed or all-zero.
std::optional<Context> parse(std::string_view traceparent);

/// Sets the context and request id that log lines of this thread carry, until the scope ends.
/// Scopes nest and end on the thread they began on: open one inside a step of a coroutine, never
/// across a co_await.
class Scope {
 public:
  Scope(const Context& context, std::string_view request_id);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  const Context* previous_context_;
  std::string_view previous_request_id_;
  std::string request_id_;
  Context context_;
};

/// The current scope's, or nullptr / "".
const Context* current();
std::string_view current_request_id();

}  // namespace ambula::trace
