#pragma once

#include <string>
#include <string_view>

#include <ambula/http/message.hpp>

namespace ambula::http {

struct HeadForm {
  std::string_view date_line;  ///< with its CR LF
  bool to_head;                ///< the request was HEAD
  bool chunked;
  bool closes;  ///< the connection, after this answer
};

/// Puts status line and fields of an answer into `out`. Fields that are the server's own (length,
/// framing, date) and those that could end a line early are left out.
void write_response_head(std::string& out, const Response& response, const HeadForm& form);

/// Whether answers of the status have a body, RFC 9110 §6.4.1.
constexpr bool has_body(int status) {
  return status != 204 && status != 304;
}

}  // namespace ambula::http
