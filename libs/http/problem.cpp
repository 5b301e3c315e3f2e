#include "problem.hpp"

#include <ambula/base/text.hpp>

namespace ambula::http {
namespace {

void append_member(std::string& json, std::string_view name, std::string_view value) {
  json += ',';
  json += json_quote(name);
  json += ':';
  json += value;
}

std::string field_errors(const std::vector<FieldError>& fields) {
  std::string json = "[";
  for (const FieldError& field : fields) {
    if (json.size() > 1) json += ',';
    json += "{\"pointer\":" + json_quote(field.pointer);
    append_member(json, "rule", json_quote(field.rule));
    append_member(json, "detail", json_quote(field.detail));
    json += '}';
  }
  return json + "]";
}

}  // namespace

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed:
      return 400;
    case ErrorKind::unauthenticated:
      return 401;
    case ErrorKind::forbidden:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::version_mismatch:
      return 412;
    case ErrorKind::too_large:
      return 413;
    case ErrorKind::unsupported_media:
      return 415;
    case ErrorKind::rule:
      return 422;
    case ErrorKind::precondition_required:
      return 428;
    case ErrorKind::too_many:
      return 429;
    case ErrorKind::unavailable:
      return 503;
    case ErrorKind::internal:
      return 500;
  }
  return 500;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

Response problem_with_status(int status, const Error& error, std::string_view instance,
                             std::string_view trace_id) {
  Response response;
  response.status = status;
  response.headers.add("content-type", "application/problem+json");
  if (status == 401) response.headers.add("www-authenticate", "Bearer");
  if (status == 503 || status == 429) response.headers.add("retry-after", "1");
  std::string& json = response.body;
  json = "{\"type\":" + json_quote("urn:ambula:problem:" + error.code);
  append_member(json, "title", json_quote(reason_phrase(status)));
  append_member(json, "status", std::to_string(status));
  append_member(json, "detail", json_quote(error.detail));
  if (!instance.empty()) append_member(json, "instance", json_quote(instance));
  append_member(json, "code", json_quote(error.code));
  if (!error.fields.empty()) append_member(json, "errors", field_errors(error.fields));
  if (!trace_id.empty()) append_member(json, "traceId", json_quote(trace_id));
  for (const auto& [name, value] : error.members)
    append_member(json, name, value);
  json += '}';
  return response;
}

Response problem(const Error& error, std::string_view instance, std::string_view trace_id) {
  return problem_with_status(status_of(error.kind), error, instance, trace_id);
}

}  // namespace ambula::http
