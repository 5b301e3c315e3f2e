#pragma once

#include <string>
#include <string_view>

namespace ambula::http {

/// Whom an address stands for when requests are counted: an IPv4 address (mapped into IPv6 or not)
/// itself, of an IPv6 address its /64, within which one host has as many addresses as it likes.
/// Text that is no address is answered as it is.
std::string network_of(std::string_view address);

}  // namespace ambula::http
