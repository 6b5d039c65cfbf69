# oneDNN: the system's where it is 3.1 or newer, else the pinned wheels of onednn_wheels.txt, whose contents are an
# ordinary shared library and headers. pip checks their hashes; no Python takes part in the build or at run time.

set(CORNU_DOWNLOAD_CACHE "$ENV{CORNU_DOWNLOAD_CACHE}" CACHE PATH
    "Where downloads are kept for the next build tree; empty: in the build tree")
option(CORNU_SYSTEM_ONEDNN "Use the system's oneDNN where it is new enough" ON)

function(cornu_download_onednn_wheels wheels_dir)
  file(STRINGS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/onednn_wheels.txt" requirements)
  foreach(requirement IN LISTS requirements)
    string(REGEX REPLACE "^([^=]+)==([^ ]+) .*sha256:(.*)$" "\\1;\\2;\\3" parts "${requirement}")
    list(GET parts 0 name)
    list(GET parts 1 version)
    list(GET parts 2 hash)
    string(REPLACE "-" "_" name "${name}")
    set(wheel "${wheels_dir}/${name}-${version}-py2.py3-none-manylinux1_x86_64.whl")
    set(actual "")
    if(EXISTS "${wheel}")
      file(SHA256 "${wheel}" actual)
    endif()
    if(NOT actual STREQUAL hash)
      file(REMOVE "${wheel}")
      set(download_needed TRUE)
    endif()
    list(APPEND wheels "${wheel}")
  endforeach()
  if(download_needed)
    find_program(CORNU_PIP NAMES pip3 pip)
    string(CONCAT remedy
      "Install oneDNN 3.1 or newer (package libdnnl-dev where it is that new, or pass -Ddnnl_DIR=<folder of its "
      "dnnl-config.cmake>), or give this machine pip (Debian package python3-pip) and a network, or copy the wheels "
      "named in cmake/onednn_wheels.txt into the folder ${wheels_dir}.")
    if(NOT CORNU_PIP)
      message(FATAL_ERROR "cornu needs oneDNN 3.1 or newer; the system has none, and without pip its pinned build "
                          "cannot be fetched. ${remedy}")
    endif()
    message(STATUS "Fetching oneDNN into ${wheels_dir}")
    execute_process(
      COMMAND "${CORNU_PIP}" download --quiet --disable-pip-version-check --require-hashes --no-deps
              --only-binary=:all: --dest "${wheels_dir}"
              --requirement "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/onednn_wheels.txt"
      RESULT_VARIABLE status ERROR_VARIABLE errors)
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "cornu needs oneDNN 3.1 or newer; the system has none, and fetching its pinned build "
                          "failed. ${remedy}\npip said:\n${errors}")
    endif()
  endif()
  set(CORNU_ONEDNN_WHEELS ${wheels} PARENT_SCOPE)
endfunction()

# Sets CORNU_ONEDNN to the target to link with, and where the library is not the system's CORNU_ONEDNN_LIBRARY to its file
# and CORNU_DOWNLOADS to where its wheels lie.
macro(cornu_find_onednn)
  if(CORNU_SYSTEM_ONEDNN)
    find_package(dnnl 3.1 CONFIG QUIET)
  endif()
  set(CORNU_ONEDNN_LIBRARY "")
  if(CORNU_SYSTEM_ONEDNN AND TARGET DNNL::dnnl)
    set(CORNU_ONEDNN DNNL::dnnl)
    message(STATUS "oneDNN: ${dnnl_VERSION} of the system (${dnnl_DIR})")
  else()
    cornu_unpack_onednn()
    set(CORNU_ONEDNN cornu::onednn)
  endif()
endmacro()

function(cornu_unpack_onednn)
  if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux" OR NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    message(FATAL_ERROR "cornu needs oneDNN 3.1 or newer, and the pinned build is for Linux on x86-64 only. Install "
                        "oneDNN and pass -Ddnnl_DIR=<folder of its dnnl-config.cmake>.")
  endif()
  set(wheels_dir "${CORNU_DOWNLOAD_CACHE}")
  if(NOT wheels_dir)
    set(wheels_dir "${PROJECT_BINARY_DIR}/downloads")
  endif()
  set(CORNU_DOWNLOADS "${wheels_dir}" PARENT_SCOPE)
  set(root "${PROJECT_BINARY_DIR}/onednn")
  file(SHA256 "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/onednn_wheels.txt" pin)
  if(NOT EXISTS "${root}/unpacked-${pin}")
    cornu_download_onednn_wheels("${wheels_dir}")
    file(REMOVE_RECURSE "${root}" "${root}.part")
    foreach(wheel IN LISTS CORNU_ONEDNN_WHEELS)
      set(wanted "*/lib/libdnnl.so.3")  # which is there three times, under three names
      if(wheel MATCHES "devel")
        set(wanted "*/include/*")
      endif()
      file(ARCHIVE_EXTRACT INPUT "${wheel}" DESTINATION "${root}.part" PATTERNS "${wanted}" "*/share/doc/*")
    endforeach()
    file(GLOB parts "${root}.part/*.data/data/*")
    foreach(part IN LISTS parts)
      file(COPY "${part}" DESTINATION "${root}")
    endforeach()
    file(REMOVE_RECURSE "${root}.part")
    file(TOUCH "${root}/unpacked-${pin}")
  endif()
  message(STATUS "oneDNN: the pinned build in ${root}")
  add_library(cornu::onednn SHARED IMPORTED GLOBAL)
  set_target_properties(cornu::onednn PROPERTIES
    IMPORTED_LOCATION "${root}/lib/libdnnl.so.3" IMPORTED_SONAME libdnnl.so.3
    INTERFACE_INCLUDE_DIRECTORIES "${root}/include")
  set(CORNU_ONEDNN_LIBRARY "${root}/lib/libdnnl.so.3" PARENT_SCOPE)
endfunction()
