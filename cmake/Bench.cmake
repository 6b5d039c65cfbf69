# cornu-bench: bench/cornu_bench/*.cc.

file(GLOB CORNU_BENCH_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/cornu_bench/*.cc")
if(CORNU_BENCH_SOURCES)
  add_executable(cornu_bench ${CORNU_BENCH_SOURCES})
  set_target_properties(cornu_bench PROPERTIES OUTPUT_NAME cornu-bench CXX_EXTENSIONS OFF
                                               RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  target_compile_definitions(cornu_bench PRIVATE CORNU_BENCH_VERSION="${PROJECT_VERSION}")
  target_include_directories(cornu_bench PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(cornu_bench PRIVATE cornu::cornu cornu_compile_options ${CORNU_ONEDNN} OpenMP::OpenMP_CXX)
endif()
