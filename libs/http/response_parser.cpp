#include "response_parser.hpp"

#include <algorithm>

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>

namespace ambula::http {
namespace {

constexpr std::uint32_t head_bytes_max = 32 * 1024;
constexpr std::size_t reserve_bytes_max = 1024 * 1024;

bool is_hop_by_hop(boost::beast::http::field name) {
  using Field = boost::beast::http::field;
  switch (name) {
    case Field::connection:
    case Field::keep_alive:
    case Field::proxy_connection:
    case Field::transfer_encoding:
    case Field::te:
    case Field::trailer:
    case Field::upgrade:
      return true;
    default:
      return false;
  }
}

}  // namespace

ResponseParser::ResponseParser(bool head_request, std::size_t body_bytes_max)
    : head_request_(head_request), body_bytes_max_(body_bytes_max) {
  eager(true);
  skip(head_request);
  header_limit(head_bytes_max);
  body_limit(boost::none);  // counted in on_body_impl: a stream has no limit
}

bool ResponseParser::is_stream() const {
  if (!header_done_ || head_request_ || is_interim()) return false;
  if (response.status == 204 || response.status == 304) return false;
  return chunked() ||
         response.headers.get("content-type").value_or("").starts_with("text/event-stream");
}

void ResponseParser::on_response_impl(int status, Text, int, Code&) {
  response.status = status;
}

void ResponseParser::on_field_impl(boost::beast::http::field field, Text name, Text value, Code&) {
  if (header_done_ || is_hop_by_hop(field)) return;  // after the head it is a trailer
  // The length is our server's to tell, but to HEAD it is all that there is.
  if (field == boost::beast::http::field::content_length && !head_request_) return;
  response.headers.add({name.data(), name.size()}, {value.data(), value.size()});
}

void ResponseParser::on_header_impl(Code&) {
  header_done_ = true;
}

void ResponseParser::on_body_init_impl(const Length& length, Code& error) {
  if (!length || is_stream()) return;
  if (*length > body_bytes_max_) error = boost::beast::http::error::body_limit;
  // Never more at once than what could be lost to an upstream that only promises.
  else
    response.body.reserve(std::min<std::size_t>(*length, reserve_bytes_max));
}

std::size_t ResponseParser::on_body_impl(Text part, Code& error) {
  if (!is_stream() && part.size() > body_bytes_max_ - response.body.size()) {
    error = boost::beast::http::error::body_limit;
    return 0;
  }
  response.body.append(part.data(), part.size());
  return part.size();
}

void ResponseParser::on_chunk_header_impl(std::uint64_t, Text, Code&) {}

std::size_t ResponseParser::on_chunk_body_impl(std::uint64_t, Text part, Code& error) {
  return on_body_impl(part, error);
}

}  // namespace ambula::http
