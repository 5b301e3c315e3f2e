# How a library, a service and their tests are declared. Each folder's CMakeLists.txt is a few lines
# because the layout is always the same (docs/architecture.md, "One service").

include(EmbedSql)

# ambula_library(<name> [PUBLIC <targets>…] [PRIVATE <targets>…] [TEST <targets>…])
#   Sources are *.cpp of the folder, tests are *_test.cpp beside them (one executable, unity build).
function(ambula_library name)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE;TEST" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  add_library(ambula_${name} STATIC ${sources})
  add_library(ambula::${name} ALIAS ambula_${name})
  target_include_directories(ambula_${name} PUBLIC ${CMAKE_BINARY_DIR}/include)
  target_link_libraries(ambula_${name} PUBLIC ${ARG_PUBLIC} PRIVATE ambula::build_flags ${ARG_PRIVATE})
  ambula_quick(ambula_${name})
  _ambula_publish_headers(${name})
  ambula_tests(${name} LINK ambula::${name} ${ARG_PUBLIC} ${ARG_TEST} LABELS libs)
endfunction()

# Headers are included as <ambula/<lib>/<header>.hpp>; a link keeps the source tree flat.
function(_ambula_publish_headers name)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include/ambula)
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_BINARY_DIR}/include/ambula/${name} SYMBOLIC)
endfunction()

# ambula_tests(<name> LINK <targets>… [SOURCES <files>…] [LABELS <labels>…])
#   Default sources are *_test.cpp of the folder. Store tests (label db) are given a real PostgreSQL by
#   ambula::testing.
function(ambula_tests name)
  if(NOT AMBULA_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "LINK;SOURCES;LABELS" ${ARGN})
  if(NOT ARG_SOURCES)
    file(GLOB ARG_SOURCES CONFIGURE_DEPENDS *_test.cpp)
  endif()
  if(NOT ARG_SOURCES)
    return()
  endif()
  if(AMBULA_SANITIZE STREQUAL "thread")
    list(APPEND ARG_SOURCES ${CMAKE_SOURCE_DIR}/cmake/tsan_threads.cpp)
  endif()
  add_executable(${name}_test ${ARG_SOURCES})
  set_target_properties(${name}_test PROPERTIES AMBULA_QUICK ON)
  target_link_libraries(${name}_test PRIVATE ambula::build_flags ${ARG_LINK} GTest::gmock_main rapidcheck)
  ambula_quick(${name}_test TESTS)
  add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "cpp;${ARG_LABELS}"
    ENVIRONMENT "${AMBULA_SANITIZER_OPTIONS}")
endfunction()

# ambula_service(<name> [NO_EXECUTABLE] [LINK <targets>…] [FOLDERS <folders>…])
#   domain/    → ambula_<name>_domain, links ambula::base only
#   api/ store/ events/ definition.cpp → ambula_<name>_core, with SQL of store/sql and migrations embedded
#   FOLDERS are further ones of the core, where a service has more to it than the usual (notification/mail)
#   main.cpp   → executable ambula-<name>, unless NO_EXECUTABLE: a part of a process (gateway/identity)
function(ambula_service name)
  cmake_parse_arguments(ARG "NO_EXECUTABLE" "" "LINK;FOLDERS" ${ARGN})
  set(dir ${CMAKE_CURRENT_SOURCE_DIR})
  set(sources ${dir}/api/*.cpp ${dir}/store/*.cpp ${dir}/events/*.cpp)
  set(test_sources ${dir}/api/*_test.cpp ${dir}/store/*_test.cpp ${dir}/events/*_test.cpp)
  foreach(folder ${ARG_FOLDERS})
    list(APPEND sources ${dir}/${folder}/*.cpp)
    list(APPEND test_sources ${dir}/${folder}/*_test.cpp)
  endforeach()

  file(GLOB domain CONFIGURE_DEPENDS ${dir}/domain/*.cpp)
  list(FILTER domain EXCLUDE REGEX "_test\\.cpp$")
  add_library(ambula_${name}_domain STATIC ${domain})
  target_include_directories(ambula_${name}_domain PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/..)
  target_link_libraries(ambula_${name}_domain PUBLIC ambula::base PRIVATE ambula::build_flags)
  ambula_quick(ambula_${name}_domain)

  file(GLOB core CONFIGURE_DEPENDS ${sources} ${dir}/*.cpp)
  list(FILTER core EXCLUDE REGEX "(_test|/main)\\.cpp$")
  add_library(ambula_${name}_core STATIC ${core})
  embed_sql(ambula_${name}_core ${name} ${dir}/store/sql ${dir}/migrations)
  target_link_libraries(ambula_${name}_core
    PUBLIC ambula_${name}_domain ambula::service PRIVATE ambula::build_flags ambula::json ${ARG_LINK})
  ambula_quick(ambula_${name}_core)

  if(NOT ARG_NO_EXECUTABLE)
    add_executable(ambula-${name} ${dir}/main.cpp)
    target_link_libraries(ambula-${name} PRIVATE ambula::build_flags ambula_${name}_core)
    ambula_quick(ambula-${name})
  endif()

  file(GLOB tests CONFIGURE_DEPENDS ${dir}/domain/*_test.cpp)
  if(tests)
    ambula_tests(${name}_domain LINK ambula_${name}_domain SOURCES ${tests})
  endif()
  file(GLOB tests CONFIGURE_DEPENDS ${test_sources})
  if(tests)
    ambula_tests(${name} LINK ambula_${name}_core ambula::json ambula::testing SOURCES ${tests} LABELS db)
  endif()
endfunction()
