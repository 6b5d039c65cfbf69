# The programs: each apps/*.cc with a main is one, of its file's name; so is each of apps/legacy, in a folder of that name;
# apps/cli/*.cc together, with apps/measurement, are the cornu command.

include(Measurement)

file(GLOB CORNU_APP_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/apps/*.cc")
file(GLOB CORNU_CLI_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/apps/cli/*.cc")
file(GLOB CORNU_LEGACY_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/apps/legacy/*.cc")
set(CORNU_APPS "")
set(CORNU_LEGACY_APPS "")

# cornu_add_program(TARGET FILES..)
function(cornu_add_program target)
  add_executable(${target} ${ARGN})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/apps" CXX_EXTENSIONS OFF
                                             INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
  target_link_libraries(${target} PRIVATE cornu::cornu cornu_compile_options CLI11::CLI11)
endfunction()

foreach(source IN LISTS CORNU_APP_SOURCES)
  file(STRINGS "${source}" main REGEX "^int main\\(")
  if(main)
    get_filename_component(name "${source}" NAME_WE)
    cornu_add_program(${name} "${source}")
    list(APPEND CORNU_APPS ${name})
  endif()
endforeach()

foreach(source IN LISTS CORNU_LEGACY_SOURCES)
  get_filename_component(name "${source}" NAME_WE)
  cornu_add_program(${name} "${source}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/apps/legacy")
  list(APPEND CORNU_LEGACY_APPS ${name})
endforeach()

if(CORNU_CLI_SOURCES)
  # Apart from main, as objects, so that tests/apps can call the commands.
  set(main ${CORNU_CLI_SOURCES})
  list(FILTER main INCLUDE REGEX "/main\\.cc$")
  list(REMOVE_ITEM CORNU_CLI_SOURCES ${main})
  add_library(cornu_cli_objects OBJECT ${CORNU_CLI_SOURCES})
  set_target_properties(cornu_cli_objects PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(cornu_cli_objects PRIVATE cornu::cornu cornu_compile_options CLI11::CLI11)
  cornu_add_program(cornu_cli ${main} $<TARGET_OBJECTS:cornu_cli_objects> $<TARGET_OBJECTS:cornu_measurement>)
  set_target_properties(cornu_cli PROPERTIES OUTPUT_NAME cornu)
  list(APPEND CORNU_APPS cornu_cli)
  if(CORNU_INSTALL)
    install(TARGETS cornu_cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  endif()
endif()
