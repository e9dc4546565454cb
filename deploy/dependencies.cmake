# The libraries of `deploy/install-deps build` as targets kie_dep::<name>. What install-deps has built comes before what
# the distribution has. All are imported targets, so their headers count as system headers.
set(kie_dep_prefix "${CMAKE_CURRENT_LIST_DIR}/../.deps/prefix")
cmake_path(NORMAL_PATH kie_dep_prefix)
set(kie_dep_missing "")

find_package(PkgConfig QUIET)

# kie_dep_add(name target): makes kie_dep::name of a target of the library's own.
function(kie_dep_add name target)
  if(TARGET ${target})
    add_library(kie_dep::${name} INTERFACE IMPORTED)
    target_link_libraries(kie_dep::${name} INTERFACE ${target})
  else()
    set(kie_dep_missing "${kie_dep_missing} ${name}" PARENT_SCOPE)
  endif()
endfunction()

# Never the distribution's: it cannot send requests as bytes (deploy/patches). The static .pc file of librdkafka lacks its
# dependencies, its CMake config has them.
if(EXISTS "${kie_dep_prefix}/stamp/librdkafka")
  block()
    # Its config looks for LZ4 with a module that lies beside it.
    list(APPEND CMAKE_MODULE_PATH "${kie_dep_prefix}/lib/cmake/RdKafka")
    find_package(RdKafka CONFIG QUIET NO_DEFAULT_PATH PATHS "${kie_dep_prefix}")
  endblock()
  kie_dep_add(rdkafka RdKafka::rdkafka)
  # For what runs in programs that have a librdkafka of their own.
  add_library(kie_dep::rdkafka_headers INTERFACE IMPORTED)
  target_include_directories(kie_dep::rdkafka_headers INTERFACE "${kie_dep_prefix}/include")
else()
  string(APPEND kie_dep_missing " rdkafka")
endif()

# Never the distribution's: see deploy/install-deps.
find_package(OpenSSL 3 QUIET)
find_package(Threads QUIET)
if(OPENSSL_FOUND AND Threads_FOUND AND EXISTS "${kie_dep_prefix}/stamp/civetweb")
  add_library(kie_dep::civetweb STATIC IMPORTED)
  set_target_properties(kie_dep::civetweb PROPERTIES
    IMPORTED_LOCATION "${kie_dep_prefix}/lib/libcivetweb.a"
    IMPORTED_LINK_INTERFACE_LANGUAGES C
    INTERFACE_INCLUDE_DIRECTORIES "${kie_dep_prefix}/include"
    INTERFACE_LINK_LIBRARIES "OpenSSL::SSL;OpenSSL::Crypto;Threads::Threads")
else()
  string(APPEND kie_dep_missing " civetweb")
endif()

# Of OpenSSL only what reads certificates and compares secrets. librdkafka and CivetWeb bring the same library.
kie_dep_add(openssl OpenSSL::Crypto)

# No version: the package has no version file. Core only: pull brings a second CivetWeb into the process.
find_package(prometheus-cpp CONFIG QUIET)
kie_dep_add(prometheus prometheus-cpp::core)

find_package(tomlplusplus CONFIG QUIET)
kie_dep_add(tomlplusplus tomlplusplus::tomlplusplus)
find_package(CLI11 CONFIG QUIET)
kie_dep_add(cli11 CLI11::CLI11)
find_package(spdlog CONFIG QUIET)
kie_dep_add(spdlog spdlog::spdlog)
find_package(fmt CONFIG QUIET)
kie_dep_add(fmt fmt::fmt)
find_package(tl-expected CONFIG QUIET)
kie_dep_add(expected tl::expected)
find_package(nlohmann_json CONFIG QUIET)
kie_dep_add(json nlohmann_json::nlohmann_json)

find_package(ZLIB QUIET)
kie_dep_add(zlib ZLIB::ZLIB)

find_package(simdjson CONFIG QUIET)
kie_dep_add(simdjson simdjson::simdjson)

# Until 0.8 its target has no namespace.
find_package(yaml-cpp CONFIG QUIET)
if(TARGET yaml-cpp::yaml-cpp)
  kie_dep_add(yaml yaml-cpp::yaml-cpp)
else()
  kie_dep_add(yaml yaml-cpp)
endif()

find_package(CURL QUIET)
kie_dep_add(curl CURL::libcurl)

find_package(SQLite3 QUIET)
kie_dep_add(sqlite SQLite::SQLite3)

# One call, for pkg_check_modules makes a dozen: newer RE2 names a hundred parts of Abseil, and each call takes
# a second or two.
if(PkgConfig_FOUND AND NOT kie_re2_flags)
  execute_process(COMMAND ${PKG_CONFIG_EXECUTABLE} --cflags --libs re2
    OUTPUT_VARIABLE kie_re2_flags ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(kie_re2_flags "${kie_re2_flags}" CACHE INTERNAL "")
endif()
if(kie_re2_flags)
  separate_arguments(kie_re2_libraries UNIX_COMMAND "${kie_re2_flags}")
  set(kie_re2_includes "${kie_re2_libraries}")
  list(FILTER kie_re2_libraries EXCLUDE REGEX "^-[ID]")
  list(FILTER kie_re2_includes INCLUDE REGEX "^-I")
  list(TRANSFORM kie_re2_includes REPLACE "^-I" "")
  add_library(kie_dep::re2 INTERFACE IMPORTED)
  target_link_libraries(kie_dep::re2 INTERFACE ${kie_re2_libraries})
  target_include_directories(kie_dep::re2 INTERFACE ${kie_re2_includes})
else()
  string(APPEND kie_dep_missing " re2")
endif()

if(kie_dep_missing)
  message(FATAL_ERROR "missing libraries:${kie_dep_missing}; run deploy/install-deps, then configure again.")
endif()
