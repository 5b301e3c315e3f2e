#include "schemas.hpp"

#include <fstream>
#include <iterator>

#include <ambula/base/check.hpp>
#include <ambula/base/text.hpp>

namespace ambula::testing {

std::string schemas_dir() {
  return AMBULA_SCHEMAS_DIR;
}

std::string event_example(std::string_view type) {
  const auto path = schemas_dir() + "/examples/events/" + std::string(type) + ".v1.json";
  std::ifstream file(path);
  AMBULA_CHECK(file.is_open());
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  return std::string(trim(content));
}

}  // namespace ambula::testing
