#pragma once

#include <span>
#include <string>

#include <ambula/observability/log.hpp>
#include <ambula/observability/span.hpp>

namespace ambula::trace {

/// The body of a request to a collector: OTLP 1.x, `ExportTraceServiceRequest` as JSON
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). Internal to the library.
std::string encode_spans(const log::Identity& process, std::span<const Span> spans);

}  // namespace ambula::trace
