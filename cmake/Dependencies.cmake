# Everything cornu stands on. What is missing is reported in one message, with the Debian packages to install.

include(FindCLibrary)
include(OneDnn)
include(Protobuf)
include(Cuda)

set(CORNU_MISSING "")
macro(cornu_require found what package)
  if(NOT (${found}))
    list(APPEND CORNU_MISSING "${what} (Debian package ${package})")
  endif()
endmacro()

find_package(Threads REQUIRED)
find_package(OpenMP COMPONENTS CXX)
cornu_require("TARGET;OpenMP::OpenMP_CXX" "OpenMP for ${CMAKE_CXX_COMPILER_ID}" "g++, or libomp-dev for clang")

cornu_find_c_libraries()
cornu_require("TARGET;cornu::hdf5" "HDF5" libhdf5-dev)
cornu_require("TARGET;cornu::libzip" "libzip" libzip-dev)
cornu_require("TARGET;cornu::zlib" "zlib" zlib1g-dev)
cornu_require("TARGET;cornu::protobuf" "the lite runtime of Protocol Buffers" libprotobuf-dev)
cornu_find_protoc()
cornu_require("CORNU_PROTOC" "the compiler of Protocol Buffers" protobuf-compiler)

find_package(nlohmann_json 3.9 CONFIG QUIET)
cornu_require("nlohmann_json_FOUND" "nlohmann_json 3.9 or newer" nlohmann-json3-dev)

if(CORNU_CUDA)
  cornu_require("CUDAToolkit_FOUND" "CUDA 12 or newer (or set -DCORNU_CUDA=OFF)" nvidia-cuda-toolkit)
endif()
if(CORNU_BUILD_APPS)
  find_package(CLI11 CONFIG QUIET)
  cornu_require("CLI11_FOUND" "CLI11, for the programs in apps/ (or set -DCORNU_BUILD_APPS=OFF)" libcli11-dev)
endif()
if(CORNU_BUILD_TESTS)
  find_package(Boost 1.74 QUIET COMPONENTS unit_test_framework)
  cornu_require("TARGET;Boost::unit_test_framework" "Boost.Test, for the tests (or set -DCORNU_BUILD_TESTS=OFF)"
                libboost-test-dev)
endif()

if(CORNU_MISSING)
  list(JOIN CORNU_MISSING "\n  " CORNU_MISSING)
  message(FATAL_ERROR "cornu needs, and did not find:\n  ${CORNU_MISSING}\n"
                      "On Debian and Ubuntu `./dev build` in cornu's folder installs all of them.")
endif()

# Last, because it may download.
cornu_find_onednn()
