# How cornu's own files are compiled. Nothing here reaches a project that uses cornu.

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug or RelWithDebInfo" FORCE)
  endif()
  # The kernels ask for -O3 themselves; elsewhere it costs build time and size for nothing measurable.
  if(CMAKE_CXX_FLAGS_RELEASE STREQUAL "-O3 -DNDEBUG")
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
  endif()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()

# ccache where the machine has it. Its base directory makes hits travel between checkouts.
if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CORNU_CCACHE ccache)
  if(CORNU_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CORNU_CCACHE})
  endif()
endif()

add_library(cornu_compile_options INTERFACE)
target_compile_features(cornu_compile_options INTERFACE cxx_std_20)
target_compile_options(cornu_compile_options INTERFACE -Wall -Wextra -Wconversion -Wshadow)
if(CORNU_WERROR)
  target_compile_options(cornu_compile_options INTERFACE -Werror)
endif()
if(CORNU_CCACHE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(cornu_compile_options INTERFACE -fpch-preprocess)  # lets ccache see the precompiled header
endif()
if(CORNU_SANITIZE)
  target_compile_options(cornu_compile_options INTERFACE -fsanitize=${CORNU_SANITIZE} -fno-omit-frame-pointer
                                                         -fno-sanitize-recover=all)
  target_link_options(cornu_compile_options INTERFACE -fsanitize=${CORNU_SANITIZE})
  # GCC 12 believes that a copy inside std::regex reads what was never written once it is instrumented.
  set_source_files_properties("${PROJECT_SOURCE_DIR}/layers/core/einsum_dense_equation.cc"
                              "${PROJECT_SOURCE_DIR}/models/v1/graph.cc" PROPERTIES
                              COMPILE_OPTIONS -Wno-maybe-uninitialized)
endif()
set(CORNU_PRECOMPILED_HEADER "${PROJECT_SOURCE_DIR}/cmake/precompiled.h")
