#pragma once

#include <string>
#include <vector>

#include "audit/domain/row.hpp"

namespace ambula::audit::api {

std::string encode(const Row& row);
std::vector<std::string> csv_head();
std::vector<std::string> csv_cells(const Row& row);

}  // namespace ambula::audit::api
