# What clang-tidy needs besides the sources.
add_custom_target(generated_headers)

# embed_sql(<target> <service> <statements dir> <migrations dir>)
#   Generates <service>/sql.hpp with one `inline constexpr ambula::db::Statement` per `-- name:` line of
#   store/sql/*.sql and the list of all of them, and <service>/migrations.hpp with the migration files.
function(embed_sql target service statements migrations)
  set(out ${CMAKE_BINARY_DIR}/generated/${service})
  file(GLOB files CONFIGURE_DEPENDS ${statements}/*.sql ${migrations}/*.sql)
  add_custom_command(
    OUTPUT ${out}/sql.hpp ${out}/migrations.hpp
    COMMAND python3 ${CMAKE_SOURCE_DIR}/cmake/embed_sql.py ${service} ${statements} ${migrations} ${out}
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_sql.py
    COMMENT "SQL of ${service}")
  target_sources(${target} PRIVATE ${out}/sql.hpp ${out}/migrations.hpp)
  add_custom_target(sql_of_${service} DEPENDS ${out}/sql.hpp)
  add_dependencies(generated_headers sql_of_${service})
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR}/generated)
endfunction()
