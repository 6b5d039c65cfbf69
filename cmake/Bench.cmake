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

# cornu-bench-convolutions: what the choice between convolution algorithms was fitted to. It calls what libcornu hides.
add_executable(cornu_bench_convolutions EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/bench/convolutions/main.cc")
set_target_properties(cornu_bench_convolutions PROPERTIES OUTPUT_NAME cornu-bench-convolutions CXX_EXTENSIONS OFF
                                                          RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
target_include_directories(cornu_bench_convolutions PRIVATE "${PROJECT_SOURCE_DIR}")
target_link_libraries(cornu_bench_convolutions PRIVATE cornu_internals cornu_compile_options ${CORNU_ONEDNN}
                                                       OpenMP::OpenMP_CXX)
