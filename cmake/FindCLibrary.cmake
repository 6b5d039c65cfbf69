# cornu_find_library(TARGET HEADER LIBRARIES.. [SUFFIXES ..]): an imported target for a library found by header and
# library name, or no target. Used in place of CMake's FindHDF5, which runs compilers for seconds, and of libzip's own
# package file, which in Debian fails unless the libzip tools are installed too.
function(cornu_find_library target header)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LIBRARIES;SUFFIXES")
  if(TARGET ${target})
    return()
  endif()
  string(MAKE_C_IDENTIFIER "${target}" id)
  find_path(CORNU_${id}_INCLUDE_DIR ${header} PATH_SUFFIXES ${arg_SUFFIXES})
  find_library(CORNU_${id}_LIBRARY NAMES ${arg_LIBRARIES} PATH_SUFFIXES ${arg_SUFFIXES})
  mark_as_advanced(CORNU_${id}_INCLUDE_DIR CORNU_${id}_LIBRARY)
  if(CORNU_${id}_INCLUDE_DIR AND CORNU_${id}_LIBRARY)
    add_library(${target} UNKNOWN IMPORTED)
    set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${CORNU_${id}_LIBRARY}"
                                               INTERFACE_INCLUDE_DIRECTORIES "${CORNU_${id}_INCLUDE_DIR}")
  endif()
endfunction()

# The libraries inside libcornu; cornuConfig.cmake calls this too where cornu was built as a static library.
function(cornu_find_c_libraries)
  cornu_find_library(cornu::hdf5 hdf5.h LIBRARIES hdf5_serial hdf5 SUFFIXES hdf5/serial)
  cornu_find_library(cornu::libzip zip.h LIBRARIES zip)
  cornu_find_library(cornu::zlib zlib.h LIBRARIES z)
  # From version 22 on protobuf stands on abseil, which its own package file finds. Debian's 3.21 comes without one.
  if(NOT TARGET cornu::protobuf)
    find_package(protobuf CONFIG QUIET)
    if(TARGET protobuf::libprotobuf-lite)
      add_library(cornu::protobuf INTERFACE IMPORTED)
      target_link_libraries(cornu::protobuf INTERFACE protobuf::libprotobuf-lite)
    endif()
  endif()
  cornu_find_library(cornu::protobuf google/protobuf/message_lite.h LIBRARIES protobuf-lite)
endfunction()
