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

  # The texts of kernels, as strings.
  file(GLOB texts CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/framework/backends/cuda/*.cuh")
  set(table "")
  foreach(text IN LISTS texts)
    set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${text}")
    get_filename_component(name "${text}" NAME_WE)
    file(READ "${text}" content)
    string(APPEND table "{\"${name}\", R\"cuda(${content})cuda\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT "${CORNU_GENERATED_DIR}/framework/backends/cuda/device_texts.inc" CONTENT "${table}" @ONLY)
  set_source_files_properties("framework/backends/cuda/device_text.cc" PROPERTIES COMPILE_OPTIONS
                              "${CORNU_CUDA_INCLUDES};-I${CORNU_GENERATED_DIR}"
                              OBJECT_DEPENDS "${CORNU_GENERATED_DIR}/framework/backends/cuda/device_texts.inc")
  set(${list} ${sources} PARENT_SCOPE)
endfunction()

# cornu_add_cuda_tests(LIST OBJECTS): prepares the tests that are in a list of tests, named from tests/, and need the
# backend (those of its folder, and those named *_on_cards_test.cc), and sets OBJECTS to what they are linked with.
# Without CUDA they leave the list, and CTest counts each as skipped.
function(cornu_add_cuda_tests list objects)
  set(folder "${PROJECT_SOURCE_DIR}/tests/framework/backends/cuda")
  set(names ${${list}})
  set(backend ${names})
  list(FILTER backend INCLUDE REGEX "^framework/backends/cuda/|_on_cards_test\\.cc$")
  set(${objects} "" PARENT_SCOPE)
  if(NOT backend)
    return()
  endif()
  if(NOT CORNU_CUDA)
    list(REMOVE_ITEM names ${backend})
    set(${list} "${names}" PARENT_SCOPE)
    foreach(name IN LISTS backend)
      string(REGEX REPLACE "_test\\.cc$" "" name "${name}")
      string(REGEX REPLACE "/.*$" "" label "${name}")
      add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: this build has no CUDA")
      set_tests_properties(${name} PROPERTIES LABELS ${label} SKIP_REGULAR_EXPRESSION "^skipped")
    endforeach()
    return()
  endif()
  list(TRANSFORM backend PREPEND "tests/")
  set_source_files_properties(${backend} PROPERTIES COMPILE_OPTIONS "${CORNU_CUDA_INCLUDES}")

  # The emulated card, which compiles kernels for the host while tests run.
  if(NOT TARGET cornu_emulated_card)
    file(GLOB emulation CONFIGURE_DEPENDS "${folder}/emulation/*.cc")
    set_source_files_properties(${emulation} PROPERTIES COMPILE_OPTIONS "${CORNU_CUDA_INCLUDES}")
    add_library(cornu_emulated_card OBJECT ${emulation})
    cornu_test_properties(cornu_emulated_card)
    # Each step is rounded, as NVRTC is told to; a load that is not aligned ends the test, as on a card; what a block
    # shares is its kernel's alone, which GCC makes one for all libraries otherwise.
    set(options -std=c++17 -O1 -ffp-contract=off -fsanitize=alignment -fsanitize-undefined-trap-on-error -shared -fPIC)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      list(APPEND options -fno-gnu-unique)
    endif()
    list(JOIN options " " options)
    # It plays whole networks.
    target_compile_options(cornu_emulated_card PRIVATE -O2)
    target_compile_definitions(cornu_emulated_card PRIVATE CORNU_HOST_COMPILER="${CMAKE_CXX_COMPILER}"
                                                           CORNU_HOST_KERNEL_OPTIONS="${options}"
                                                           CORNU_HOST_KERNELS="${PROJECT_BINARY_DIR}/tests/host_kernels")
  endif()
  set(${objects} $<TARGET_OBJECTS:cornu_emulated_card> PARENT_SCOPE)
endfunction()
