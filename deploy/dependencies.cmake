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

# The static .pc file of librdkafka lacks what it depends on, its CMake config is complete; Debian's package has .pc only.
if(EXISTS "${kie_dep_prefix}/stamp/librdkafka")
  block()
    # Its config looks for LZ4 with a module that lies beside it.
    list(APPEND CMAKE_MODULE_PATH "${kie_dep_prefix}/lib/cmake/RdKafka")
    find_package(RdKafka CONFIG QUIET NO_DEFAULT_PATH PATHS "${kie_dep_prefix}")
  endblock()
  kie_dep_add(rdkafka RdKafka::rdkafka)
else()
  if(PkgConfig_FOUND)
    pkg_check_modules(kie_rdkafka QUIET IMPORTED_TARGET rdkafka>=2.3.0)
  endif()
  kie_dep_add(rdkafka PkgConfig::kie_rdkafka)
endif()

# Never the distribution's: see deploy/install-deps.
if(EXISTS "${kie_dep_prefix}/stamp/civetweb")
  find_package(OpenSSL 3 QUIET)
  find_package(Threads QUIET)
endif()
if(OPENSSL_FOUND AND Threads_FOUND)
  add_library(kie_dep::civetweb STATIC IMPORTED)
  set_target_properties(kie_dep::civetweb PROPERTIES
    IMPORTED_LOCATION "${kie_dep_prefix}/lib/libcivetweb.a"
    IMPORTED_LINK_INTERFACE_LANGUAGES C
    INTERFACE_INCLUDE_DIRECTORIES "${kie_dep_prefix}/include"
    INTERFACE_LINK_LIBRARIES "OpenSSL::SSL;OpenSSL::Crypto;Threads::Threads")
else()
  string(APPEND kie_dep_missing " civetweb")
endif()

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

# Debian 12 has no CMake config of these.
if(PkgConfig_FOUND)
  pkg_check_modules(kie_re2 QUIET IMPORTED_TARGET re2)
  pkg_check_modules(kie_deflate QUIET IMPORTED_TARGET libdeflate)
endif()
kie_dep_add(re2 PkgConfig::kie_re2)
kie_dep_add(deflate PkgConfig::kie_deflate)

if(kie_dep_missing)
  message(FATAL_ERROR "missing libraries:${kie_dep_missing}; run deploy/install-deps, then configure again.")
endif()
