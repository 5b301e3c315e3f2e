# What makes a whole build quick.
#
# Headers that many files read, parsed once: the standard library and nlohmann_json for all code, GoogleTest and
# RapidCheck for the tests. No header of our own stands here, so that editing one rebuilds its users only. A file still includes what
# it uses: clang-tidy reads it without this (cmake/dev/check.sh).
option(AMBULA_PRECOMPILED "Precompile headers that are not ours" ON)

set(common_headers
  <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <cstdlib> <cstring> <functional> <map>
  <memory> <mutex> <optional> <set> <span> <stop_token> <string> <string_view> <thread> <unordered_map> <utility>
  <variant> <vector> <nlohmann/json.hpp>)

function(_ambula_precompiled name)
  set(source ${CMAKE_BINARY_DIR}/precompiled/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Nothing: a target must have a source.\n")
  add_library(${name} OBJECT ${source})
  target_link_libraries(${name} PRIVATE ambula::build_flags ${ARGN})
endfunction()

if(AMBULA_PRECOMPILED)
  _ambula_precompiled(ambula_precompiled fmt::fmt)
  target_precompile_headers(ambula_precompiled PRIVATE ${common_headers})
  if(AMBULA_TESTS)
    _ambula_precompiled(ambula_precompiled_tests fmt::fmt GTest::gmock rapidcheck)
    set_target_properties(ambula_precompiled_tests PROPERTIES AMBULA_QUICK ON)
    target_precompile_headers(ambula_precompiled_tests PRIVATE
      ${common_headers} <gmock/gmock.h> <gtest/gtest.h> <rapidcheck/gtest.h>)
  endif()
endif()

# A dozen neighbouring files are compiled as one, because most of a file's time goes into templates that its neighbours
# use too (measured: seven store files 27 s alone, 9 s together; everything 484 s with four files as one, 400 s with
# twelve, hardly less with thirty). So two files of a target don't give one name to two things in their anonymous
# namespaces. The preset dev compiles each file alone: one edited handler is there within seconds.
option(AMBULA_UNITY "Compile a dozen neighbouring files as one" ON)

# ambula_quick(<target> [TESTS]): every library, executable and test of ours.
function(ambula_quick target)
  if(AMBULA_UNITY)
    # g++ takes a file that a unity file includes for a header, in which unnamed types would be a fault.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
  endif()
  if(NOT AMBULA_PRECOMPILED)
    return()
  endif()
  if("TESTS" IN_LIST ARGN)
    target_precompile_headers(${target} REUSE_FROM ambula_precompiled_tests)
  else()
    target_precompile_headers(${target} REUSE_FROM ambula_precompiled)
  endif()
endfunction()
