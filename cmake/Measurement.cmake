# What the cornu command and cornu-bench measure with: apps/measurement/*.cc, as objects.
include_guard(GLOBAL)

file(GLOB CORNU_MEASUREMENT_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/apps/measurement/*.cc")
add_library(cornu_measurement OBJECT ${CORNU_MEASUREMENT_SOURCES})
set_target_properties(cornu_measurement PROPERTIES CXX_EXTENSIONS OFF)
set_source_files_properties("${PROJECT_SOURCE_DIR}/apps/measurement/measurement.cc"
                            PROPERTIES COMPILE_DEFINITIONS CORNU_MEASUREMENT_VERSION="${PROJECT_VERSION}")
target_link_libraries(cornu_measurement PRIVATE cornu::cornu cornu_compile_options)
