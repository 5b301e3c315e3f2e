// The one place where Boost.Beast's own code is compiled.
#include <boost/beast/src.hpp>
