#include "otlp.hpp"

#include <ambula/base/text.hpp>
#include <fmt/format.h>

namespace ambula::trace {
namespace {

constexpr int status_error = 2;

/// Spans are timed by the steady clock, so that none ends before it began; only here they get a
/// date.
std::int64_t unix_nanoseconds(std::chrono::steady_clock::time_point when) {
  using std::chrono::duration_cast;
  using std::chrono::nanoseconds;
  const auto ago = duration_cast<nanoseconds>(std::chrono::steady_clock::now() - when);
  const auto now = duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
  return (now - ago).count();
}

void append_text(std::string& json, std::string_view key, std::string_view value) {
  fmt::format_to(std::back_inserter(json), R"({{"key":{},"value":{{"stringValue":{}}}}})",
                 json_quote(key), json_quote(value));
}

void append_attributes(std::string& json, const Span& span) {
  for (std::size_t i = 0; i < span.attributes.size(); ++i) {
    const auto& [key, value] = span.attributes[i];
    if (i > 0) json += ',';
    if (const auto* text = std::get_if<std::string>(&value)) {
      append_text(json, key, *text);
    } else {
      // 64-bit numbers are text in the JSON of Protocol Buffers.
      fmt::format_to(std::back_inserter(json), R"({{"key":{},"value":{{"intValue":"{}"}}}})",
                     json_quote(key), std::get<std::int64_t>(value));
    }
  }
}

void append_span(std::string& json, const Span& span) {
  fmt::format_to(std::back_inserter(json), R"({{"traceId":"{}","spanId":"{}",)",
                 span.context.trace_id, span.context.span_id);
  if (!span.context.parent_span_id.empty()) {
    fmt::format_to(std::back_inserter(json), R"("parentSpanId":"{}",)",
                   span.context.parent_span_id);
  }
  fmt::format_to(std::back_inserter(json),
                 R"("name":{},"kind":{},"startTimeUnixNano":"{}","endTimeUnixNano":"{}",)",
                 json_quote(span.name), static_cast<int>(span.kind), unix_nanoseconds(span.begun),
                 unix_nanoseconds(span.ended));
  json += R"("attributes":[)";
  append_attributes(json, span);
  json += ']';
  if (span.failed)
    fmt::format_to(std::back_inserter(json), R"(,"status":{{"code":{}}})", status_error);
  json += '}';
}

}  // namespace

std::string encode_spans(const log::Identity& process, std::span<const Span> spans) {
  std::string json = R"({"resourceSpans":[{"resource":{"attributes":[)";
  append_text(json, "service.namespace", "ambula");
  json += ',';
  append_text(json, "service.name", process.service);
  json += ',';
  append_text(json, "service.version", process.version);
  json += R"(]},"scopeSpans":[{"scope":{"name":"ambula"},"spans":[)";
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i > 0) json += ',';
    append_span(json, spans[i]);
  }
  json += "]}]}]}";
  return json;
}

}  // namespace ambula::trace
