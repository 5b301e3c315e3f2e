#include "trace.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>

#include <fmt/format.h>

namespace ambula::trace {
namespace {

constexpr std::size_t trace_digits = 32;
constexpr std::size_t span_digits = 16;
constexpr std::size_t version_00_size = 55;

std::atomic<double> sample_ratio{1};
thread_local const Context* thread_context = nullptr;
thread_local std::string_view thread_request_id;

bool is_hex(std::string_view text) {
  // W3C allows lower case only.
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

/// Ids must be unlikely to collide, not hard to guess, so a generator per thread spares a lock.
std::uint64_t random_nonzero() {
  thread_local std::mt19937_64 random = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  std::uint64_t value = 0;
  while (value == 0)
    value = random();
  return value;
}

std::string new_span_id() {
  return fmt::format("{:016x}", random_nonzero());
}

}  // namespace

std::string Context::traceparent() const {
  return fmt::format("00-{}-{}-{}", trace_id, span_id, sampled ? "01" : "00");
}

Context Context::child() const {
  return {trace_id, new_span_id(), sampled, span_id};
}

Context make() {
  // The ratio decides by a number of its own, so that ids stay random in either part.
  const double ratio = sample_ratio.load(std::memory_order_relaxed);
  const bool sampled =
      ratio >= 1 || static_cast<double>(random_nonzero()) < ratio * 18446744073709551616.0;
  return {fmt::format("{:016x}{:016x}", random_nonzero(), random_nonzero()),
          new_span_id(),
          sampled,
          {}};
}

void set_sample_ratio(double ratio) {
  sample_ratio.store(ratio, std::memory_order_relaxed);
}

std::optional<Context> parse(std::string_view traceparent) {
  if (traceparent.size() < version_00_size) return std::nullopt;
  const auto version = traceparent.substr(0, 2);
  if (!is_hex(version) || version == "ff") return std::nullopt;
  // Later versions may append members behind a dash; their first four are those of version 00.
  const bool longer = traceparent.size() > version_00_size;
  if (longer && (version == "00" || traceparent[version_00_size] != '-')) return std::nullopt;
  if (traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') {
    return std::nullopt;
  }
  const auto trace_id = traceparent.substr(3, trace_digits);
  const auto span_id = traceparent.substr(36, span_digits);
  const auto flags = traceparent.substr(53, 2);
  if (!is_hex(trace_id) || !is_hex(span_id) || !is_hex(flags)) return std::nullopt;
  if (is_zero(trace_id) || is_zero(span_id)) return std::nullopt;
  // The sampled flag is the lowest bit: an odd last digit.
  const char last = flags[1];
  const int digit = last <= '9' ? last - '0' : last - 'a' + 10;
  return Context{std::string(trace_id), std::string(span_id), digit % 2 == 1, {}};
}

Scope::Scope(const Context& context, std::string_view request_id)
    : previous_context_(thread_context),
      previous_request_id_(thread_request_id),
      request_id_(request_id),
      context_(context) {
  thread_context = &context_;
  thread_request_id = request_id_;
}

Scope::~Scope() {
  thread_context = previous_context_;
  thread_request_id = previous_request_id_;
}

const Context* current() {
  return thread_context;
}

std::string_view current_request_id() {
  return thread_request_id;
}

}  // namespace ambula::trace
