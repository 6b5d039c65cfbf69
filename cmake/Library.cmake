# The library. Its sources are found, so that a new op or layer is its own files only.

include(IsaKernels)

set(CORNU_ISA_VARIANTS OFF)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(CORNU_ISA_VARIANTS ON)
endif()

# What every file of the library is compiled with.
function(cornu_library_properties target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON VISIBILITY_INLINES_HIDDEN ON
                                             CXX_EXTENSIONS OFF)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/include")
  target_link_libraries(${target} PRIVATE cornu_compile_options ${CORNU_ONEDNN} ${CORNU_PRIVATE_LIBRARIES}
                                          nlohmann_json::nlohmann_json)
  target_compile_definitions(${target} PRIVATE $<$<BOOL:${CORNU_ISA_VARIANTS}>:CORNU_ISA_VARIANTS>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fno-semantic-interposition)  # lets it inline what it exports
  endif()
endfunction()

set(CORNU_PRIVATE_LIBRARIES cornu::hdf5 cornu::libzip cornu::zlib cornu::protobuf OpenMP::OpenMP_CXX Threads::Threads
    ${CMAKE_DL_LIBS})

file(GLOB_RECURSE CORNU_SOURCES CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
     "${PROJECT_SOURCE_DIR}/framework/*.cc" "${PROJECT_SOURCE_DIR}/layers/*.cc" "${PROJECT_SOURCE_DIR}/io/*.cc"
     "${PROJECT_SOURCE_DIR}/models/*.cc")
set(CORNU_KERNEL_SOURCES ${CORNU_SOURCES})
list(FILTER CORNU_KERNEL_SOURCES INCLUDE REGEX "^framework/backends/onednn/vector/[^/]*_kernels\\.cc$")
list(FILTER CORNU_SOURCES EXCLUDE REGEX "^framework/backends/onednn/vector/[^/]*_kernels\\.cc$")
cornu_add_cuda(CORNU_SOURCES)

cornu_generate_messages(io/tensorboard.proto CORNU_SOURCES USED_BY io/event_file.cc io/graph_def.cc io/tensor_message.cc)

# The objects, once: for libcornu and for the tests, which see what libcornu hides.
add_library(cornu_objects OBJECT ${CORNU_SOURCES})
cornu_library_properties(cornu_objects)
target_precompile_headers(cornu_objects PRIVATE "${CORNU_PRECOMPILED_HEADER}")
cornu_add_isa_kernels(CORNU_KERNELS ${CORNU_KERNEL_SOURCES})
set(CORNU_OBJECTS $<TARGET_OBJECTS:cornu_objects>)
foreach(kernels IN LISTS CORNU_KERNELS)
  list(APPEND CORNU_OBJECTS $<TARGET_OBJECTS:${kernels}>)
endforeach()

# cornu_link_library(TARGET): what a target made of these objects links with.
function(cornu_link_library target)
  target_link_libraries(${target} PRIVATE ${CORNU_ONEDNN} ${CORNU_PRIVATE_LIBRARIES}
                                          $<BUILD_INTERFACE:cornu_compile_options>)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX
                        ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib"
                        LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
endfunction()

if(CORNU_SHARED)
  add_library(cornu SHARED ${CORNU_OBJECTS})
  cornu_link_library(cornu)
  set(map "${PROJECT_SOURCE_DIR}/cmake/cornu.map")
  target_link_options(cornu PRIVATE "-Wl,--version-script=${map}" -Wl,-Bsymbolic-functions)
  set_target_properties(cornu PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
                                         LINK_DEPENDS "${map}" INSTALL_RPATH "$ORIGIN")
  set(CORNU_TARGETS cornu)
  set(usage PUBLIC)
else()
  # Ops, kernels and layers register themselves in static initialisers, in object files that nothing else refers to:
  # whoever links the archive has to take all of it.
  add_library(cornu_archive STATIC ${CORNU_OBJECTS})
  cornu_link_library(cornu_archive)
  set_target_properties(cornu_archive PROPERTIES OUTPUT_NAME cornu EXPORT_NAME archive)
  add_library(cornu::archive ALIAS cornu_archive)
  add_library(cornu INTERFACE)
  target_link_libraries(cornu INTERFACE "$<LINK_LIBRARY:WHOLE_ARCHIVE,cornu::archive>")
  set(CORNU_TARGETS cornu cornu_archive)
  set(usage INTERFACE)
endif()
add_library(cornu::cornu ALIAS cornu)

# Users write <cornu/cornu.h>; within cornu a file is named from the root. An installed tree keeps both, under cornu/.
target_compile_features(cornu ${usage} cxx_std_20)
target_include_directories(cornu ${usage}
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/cornu>)
