// The one place where Boost.Asio's own code is compiled.
#include <boost/asio/impl/src.hpp>
