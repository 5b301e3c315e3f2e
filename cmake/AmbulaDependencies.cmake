# Every library that comes from outside, as one imported target each.
# Who may link which is decided in libs/*/CMakeLists.txt and checked by tests/tidy.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CURL REQUIRED)
pkg_check_modules(LIBPQXX REQUIRED IMPORTED_TARGET GLOBAL libpqxx)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET GLOBAL rdkafka)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET GLOBAL prometheus-cpp-core)
pkg_check_modules(CJOSE REQUIRED IMPORTED_TARGET GLOBAL cjose)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET GLOBAL libargon2)
pkg_check_modules(ICAL REQUIRED IMPORTED_TARGET GLOBAL libical)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET GLOBAL pangocairo)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET GLOBAL libqrencode)
find_package(date CONFIG REQUIRED)
find_package(fmt 9 CONFIG REQUIRED)

if(AMBULA_TESTS)
  find_package(GTest 1.12 REQUIRED)
  find_package(rapidcheck CONFIG REQUIRED)
endif()
