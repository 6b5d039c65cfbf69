# Builds and runs one of the projects beside this file, as a project that knows nothing of this build tree would.
# find_package uses what `cmake --install` makes. The other two compile cornu within themselves; to keep that short,
# they are given the object files of this build tree (reuse_objects.sh) and do all the rest for real.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${out}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

set(binary "${BUILD}/consumers/${WAY}")
file(REMOVE_RECURSE "${binary}")
set(options -G ${GENERATOR} -DCMAKE_BUILD_TYPE=${BUILD_TYPE} -DCMAKE_CXX_COMPILER=${COMPILER})
if(ONEDNN_CONFIG)
  list(APPEND options -Ddnnl_DIR=${ONEDNN_CONFIG})
endif()
if(WAY STREQUAL "find_package")
  set(prefix "${BUILD}/consumers/prefix")
  file(REMOVE_RECURSE "${prefix}")
  run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}")
  # Hidden visibility is what many projects set; exceptions have to get through all the same.
  list(APPEND options -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_VISIBILITY_PRESET=hidden)
else()
  set(ENV{CORNU_OBJECTS_OF} "${BUILD}")
  set(ENV{CORNU_OBJECTS_FOR} "${binary}")
  list(APPEND options -DCORNU_SOURCE=${ROOT} -DCORNU_SHARED=${SHARED} -DCORNU_DOWNLOAD_CACHE=${DOWNLOADS}
       "-DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CURRENT_LIST_DIR}/reuse_objects.sh")
endif()
run("${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/${WAY}" -B "${binary}" ${options})
run("${CMAKE_COMMAND}" --build "${binary}")
run("${binary}/consumer")
message(STATUS "${out}")
