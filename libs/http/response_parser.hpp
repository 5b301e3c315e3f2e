#pragma once

// Private to libs/http/*.cpp: reads an upstream's answer with Boost.Beast.

#include <cstdint>
#include <string>
#include <string_view>

#include <ambula/http/message.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace ambula::http {

/// Collects straight into a Response, without Beast's message in between.
class ResponseParser : public boost::beast::http::basic_parser<false> {
 public:
  ResponseParser(bool head_request, std::size_t body_bytes_max);

  /// Whether the head is complete and says that the body is to be passed on as it comes.
  bool is_stream() const;
  bool is_interim() const { return response.status < 200; }

  Response response;  ///< its body is what has come and was not taken yet

 private:
  using Text = boost::beast::string_view;
  using Code = boost::beast::error_code;
  using Length = boost::optional<std::uint64_t>;

  void on_request_impl(boost::beast::http::verb, Text, Text, int, Code&) override {}
  void on_response_impl(int status, Text reason, int version, Code& error) override;
  void on_field_impl(boost::beast::http::field, Text name, Text value, Code& error) override;
  void on_header_impl(Code& error) override;
  void on_body_init_impl(const Length& length, Code& error) override;
  std::size_t on_body_impl(Text part, Code& error) override;
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, Text part, Code& error) override;
  void on_finish_impl(Code&) override {}

  const bool head_request_;
  const std::size_t body_bytes_max_;
  bool header_done_{false};
};

}  // namespace ambula::http
