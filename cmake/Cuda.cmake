# CUDA for NVIDIA's cards. A build needs the toolkit's headers alone: its libraries, and the driver's, are opened when a
# program runs (docs/decisions/008_cuda_at_run_time.md).

find_package(CUDAToolkit 12 QUIET)
option(CORNU_CUDA "Build the CUDA backend" ${CUDAToolkit_FOUND})
if(NOT CORNU_CUDA)
  message(STATUS "CUDA: off")
elseif(CUDAToolkit_FOUND)
  message(STATUS "CUDA: toolkit ${CUDAToolkit_VERSION}")
endif()

# Options for the files that include CUDA's headers; for these only, because a folder that all are compiled with would
# cost every user of ccache a new start.
set(CORNU_CUDA_INCLUDES "")
foreach(folder IN LISTS CUDAToolkit_INCLUDE_DIRS)
  list(APPEND CORNU_CUDA_INCLUDES -isystem "${folder}")
endforeach()

# cornu_add_cuda(LIST): prepares the sources of the backend that are in a list of sources; takes them out without CUDA.
function(cornu_add_cuda list)
  set(sources ${${list}})
  if(NOT CORNU_CUDA)
    list(FILTER sources EXCLUDE REGEX "^framework/backends/cuda/")
    set(${list} "${sources}" PARENT_SCOPE)
    return()
  endif()
  set(backend ${sources})
  list(FILTER backend INCLUDE REGEX "^framework/backends/cuda/")
  set_source_files_properties(${backend} PROPERTIES COMPILE_OPTIONS "${CORNU_CUDA_INCLUDES}")

  set(functions "${PROJECT_SOURCE_DIR}/framework/backends/cuda/chain_functions.cuh")
  set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${functions}")
  file(READ "${functions}" CORNU_CHAIN_FUNCTIONS)
  set(text "${CORNU_GENERATED_DIR}/framework/backends/cuda/chain_functions_text.cc")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/chain_functions_text.cc.in" "${text}" @ONLY)
  set(${list} ${sources} "${text}" PARENT_SCOPE)
endfunction()

# cornu_add_cuda_tests(LIST OBJECTS): prepares the tests of the backend that are in a list of tests, named from tests/,
# and sets OBJECTS to what they need. Without CUDA they leave the list, and CTest counts each as skipped.
function(cornu_add_cuda_tests list objects)
  set(folder "${PROJECT_SOURCE_DIR}/tests/framework/backends/cuda")
  set(names ${${list}})
  set(backend ${names})
  list(FILTER backend INCLUDE REGEX "^framework/backends/cuda/")
  set(${objects} "" PARENT_SCOPE)
  if(NOT CORNU_CUDA)
    list(FILTER names EXCLUDE REGEX "^framework/backends/cuda/")
    set(${list} "${names}" PARENT_SCOPE)
    foreach(name IN LISTS backend)
      string(REGEX REPLACE "_test\\.cc$" "" name "${name}")
      add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: this build has no CUDA")
      set_tests_properties(${name} PROPERTIES LABELS framework SKIP_REGULAR_EXPRESSION "^skipped")
    endforeach()
    return()
  endif()
  list(TRANSFORM backend PREPEND "tests/")
  set_source_files_properties(${backend} PROPERTIES COMPILE_OPTIONS "${CORNU_CUDA_INCLUDES}")

  # The kernels of the tests' chains for the host's compiler. They round each step, as NVRTC is told to.
  add_executable(cornu_generate_host_chains EXCLUDE_FROM_ALL "${folder}/generate_host_chains.cc"
                                                             "${folder}/chain_cases.cc")
  cornu_test_properties(cornu_generate_host_chains)
  set(chains "${CORNU_GENERATED_DIR}/tests/framework/backends/cuda/host_chains.cc")
  file(MAKE_DIRECTORY "${CORNU_GENERATED_DIR}/tests/framework/backends/cuda")
  add_custom_command(OUTPUT "${chains}" COMMAND cornu_generate_host_chains "${chains}"
                     DEPENDS cornu_generate_host_chains VERBATIM)
  # Random chains have steps that nothing reads.
  set_source_files_properties("${chains}" PROPERTIES COMPILE_OPTIONS
                              "-ffp-contract=off;-Wno-unused-variable;-Wno-unused-parameter")
  add_library(cornu_host_chains OBJECT "${chains}" "${folder}/chain_cases.cc")
  cornu_test_properties(cornu_host_chains)
  set(${objects} $<TARGET_OBJECTS:cornu_host_chains> PARENT_SCOPE)
endfunction()
