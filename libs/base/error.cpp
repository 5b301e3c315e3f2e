#include <ambula/base/error.hpp>

namespace ambula {

Error::Error() = default;
Error::Error(ErrorKind error_kind, std::string_view error_code, std::string_view error_detail,
             std::vector<FieldError> error_fields, Members error_members)
    : kind(error_kind),
      code(error_code),
      detail(error_detail),
      fields(std::move(error_fields)),
      members(std::move(error_members)) {}
Error::Error(const Error&) = default;
Error::Error(Error&&) noexcept = default;
Error& Error::operator=(const Error&) = default;
Error& Error::operator=(Error&&) noexcept = default;
Error::~Error() = default;

Error Error::with(std::string_view name, std::string_view value) && {
  members.emplace_back(name, "\"" + std::string(value) + "\"");
  return std::move(*this);
}

Error Error::with_json(std::string_view name, std::string json) && {
  members.emplace_back(name, std::move(json));
  return std::move(*this);
}

Error illegal_transition(std::string_view from, std::string_view command) {
  return Error(ErrorKind::conflict, "illegal-transition",
               std::string(command) + " is not possible in state " + std::string(from) + ".")
      .with("from", from)
      .with("command", command);
}

Error not_found(std::string_view what) {
  return Error(ErrorKind::not_found, std::string(what) + "-not-found",
               "There is no such " + std::string(what) + ".");
}

Error conflict(std::string_view code, std::string_view detail) {
  return Error(ErrorKind::conflict, code, detail);
}

Error forbidden(std::string_view code, std::string_view detail) {
  return Error(ErrorKind::forbidden, code, detail);
}

Error rule_broken(std::string_view code, std::string_view detail, std::string_view pointer) {
  Error error(ErrorKind::rule, code, detail);
  if (!pointer.empty()) {
    error.fields.push_back({std::string(pointer), std::string(code), std::string(detail)});
  }
  return error;
}

}  // namespace ambula
