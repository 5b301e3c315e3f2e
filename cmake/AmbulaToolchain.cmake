# Warnings, sanitizers, hardening, and the tools that make builds quick.

add_library(ambula_build_flags INTERFACE)
add_library(ambula::build_flags ALIAS ambula_build_flags)
target_compile_options(ambula_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
  -Wconversion -Wno-sign-conversion -Wnull-dereference -Wno-missing-field-initializers
  -fno-omit-frame-pointer -fstack-protector-strong
  # The compiler collects its garbage from 1 GiB on, not from the start: a fifth less time for 200 MB more.
  "SHELL:--param ggc-min-expand=300" "SHELL:--param ggc-min-heapsize=1048576")
target_compile_definitions(ambula_build_flags INTERFACE _GLIBCXX_ASSERTIONS)
# g++ 12 reports null dereferences and overreads inside libstdc++ and Boost when it optimises.
target_compile_options(ambula_build_flags INTERFACE
  $<$<NOT:$<CONFIG:Debug>>:-Wno-null-dereference -Wno-stringop-overread -Wno-array-bounds
  -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow>)
# A test program's own code need not be fast, and it is a third of all that is compiled: the property AMBULA_QUICK.
set(quick "$<BOOL:$<TARGET_PROPERTY:AMBULA_QUICK>>")
target_compile_options(ambula_build_flags INTERFACE
  "$<$<NOT:$<CONFIG:Debug>>:$<IF:${quick},SHELL:-O0 -g0,SHELL:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>>")

# For the environment of every test, and of the processes that it starts: what libraries are known for.
set(AMBULA_SANITIZER_OPTIONS "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/lsan.supp:print_suppressions=0"
  "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/tsan.supp")
if(AMBULA_SANITIZE)
  target_compile_options(ambula_build_flags INTERFACE -fsanitize=${AMBULA_SANITIZE} -Wno-null-dereference
    -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-stringop-overread -Wno-restrict)
  target_link_options(ambula_build_flags INTERFACE -fsanitize=${AMBULA_SANITIZE})
  if(AMBULA_SANITIZE STREQUAL "thread")
    # ThreadSanitizer does not see Asio's fences; what they order is ordered by its locks as well.
    target_compile_options(ambula_build_flags INTERFACE -Wno-tsan)
  endif()
endif()

find_program(AMBULA_CCACHE ccache)
if(AMBULA_CCACHE)
  # What ccache asks for before it stores what was compiled with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${AMBULA_CCACHE})
endif()
find_program(AMBULA_MOLD mold)
if(AMBULA_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# The distribution's Python, which has the packages that cmake/dev/install.sh names.
find_program(AMBULA_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(AMBULA_PYTHON python3 REQUIRED)
