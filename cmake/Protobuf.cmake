# Messages that protoc turns into C++, in the build tree. They are made when CMake runs, so that whoever reads a source
# without building, such as clang-tidy, finds their headers.

set(CORNU_GENERATED_DIR "${PROJECT_BINARY_DIR}/generated")

# Sets CORNU_PROTOC: the compiler that belongs to the library, where its package file names one.
function(cornu_find_protoc)
  if(TARGET protobuf::protoc AND NOT CORNU_PROTOC)
    get_target_property(location protobuf::protoc LOCATION)
    set(CORNU_PROTOC "${location}" CACHE FILEPATH "The compiler of Protocol Buffers")
  endif()
  find_program(CORNU_PROTOC protoc)
  mark_as_advanced(CORNU_PROTOC)
endfunction()

# cornu_generate_messages(PROTO LIST USED_BY SOURCES..): appends the source for a .proto file, named from the root, to a
# list of sources. Its header is for the sources named; a folder that all are compiled with would cost every user of
# ccache a new start.
function(cornu_generate_messages proto list)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "USED_BY")
  string(REGEX REPLACE "\\.proto$" ".pb.cc" source "${CORNU_GENERATED_DIR}/${proto}")
  set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${proto}")
  if("${PROJECT_SOURCE_DIR}/${proto}" IS_NEWER_THAN "${source}")
    file(MAKE_DIRECTORY "${CORNU_GENERATED_DIR}")
    execute_process(COMMAND "${CORNU_PROTOC}" "--proto_path=${PROJECT_SOURCE_DIR}" "--cpp_out=${CORNU_GENERATED_DIR}" "${proto}"
                    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" COMMAND_ERROR_IS_FATAL ANY)
  endif()
  set(header_folder -isystem "${CORNU_GENERATED_DIR}")
  set_source_files_properties(${arg_USED_BY} PROPERTIES COMPILE_OPTIONS "${header_folder}")
  # Not our code: no warnings about it.
  set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS "-w;${header_folder}" SKIP_PRECOMPILE_HEADERS ON)
  set(${list} ${${list}} "${source}" PARENT_SCOPE)
endfunction()
