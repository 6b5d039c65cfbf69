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

# cornu-bench-limit: the networks of cornu-bench, with its own `train` and `infer`.
file(GLOB CORNU_LIMIT_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/limit/*.cc"
     "${PROJECT_SOURCE_DIR}/bench/cornu_bench/*.cc")
list(FILTER CORNU_LIMIT_SOURCES EXCLUDE REGEX "cornu_bench/(main|workloads)\\.cc$")
add_executable(cornu_bench_limit ${CORNU_LIMIT_SOURCES})
set_target_properties(cornu_bench_limit PROPERTIES OUTPUT_NAME cornu-bench-limit CXX_EXTENSIONS OFF
                                                   RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
target_compile_definitions(cornu_bench_limit PRIVATE CORNU_BENCH_VERSION="${PROJECT_VERSION}")
target_include_directories(cornu_bench_limit PRIVATE "${PROJECT_SOURCE_DIR}")
target_link_libraries(cornu_bench_limit PRIVATE cornu::cornu cornu_compile_options ${CORNU_ONEDNN} OpenMP::OpenMP_CXX)

# predict-overhead: what predict_into costs besides the kernels.
add_executable(predict_overhead "${PROJECT_SOURCE_DIR}/bench/predict_overhead/main.cc")
set_target_properties(predict_overhead PROPERTIES OUTPUT_NAME predict-overhead CXX_EXTENSIONS OFF
                                                  RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
target_link_libraries(predict_overhead PRIVATE cornu::cornu cornu_compile_options)
