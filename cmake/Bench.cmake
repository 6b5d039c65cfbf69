# The programs of bench: cornu-bench, of bench/cornu_bench/*.cc, cornu-bench-limit, of bench/limit/*.cc and the networks
# of cornu-bench, cornu-growth, of bench/growth/*.cc, and predict-overhead.

include(Measurement)

# cornu_add_benchmark(TARGET FOLDER)
function(cornu_add_benchmark target folder)
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/${folder}/*.cc")
  string(REPLACE "_" "-" name ${target})
  add_executable(${target} ${sources} $<TARGET_OBJECTS:cornu_measurement>)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} CXX_EXTENSIONS OFF
                                             RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE cornu::cornu cornu_compile_options)
endfunction()

cornu_add_benchmark(cornu_bench cornu_bench)
cornu_add_benchmark(cornu_growth growth)
cornu_add_benchmark(predict_overhead predict_overhead)

# It has a `train` and an `infer` of its own.
cornu_add_benchmark(cornu_bench_limit limit)
file(GLOB CORNU_NETWORKS CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/cornu_bench/*.cc")
list(FILTER CORNU_NETWORKS EXCLUDE REGEX "/(main|steps)\\.cc$")
target_sources(cornu_bench_limit PRIVATE ${CORNU_NETWORKS})
