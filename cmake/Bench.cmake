# The benchmarks: cornu_add_benchmark(cornu_bench_NAME SOURCES..) makes bench/cornu-bench-NAME.

include(Measurement)

function(cornu_add_benchmark target)
  string(REPLACE "_" "-" name ${target})
  add_executable(${target} ${ARGN})
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} CXX_EXTENSIONS OFF
                                             RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE cornu_compile_options OpenMP::OpenMP_CXX)
endfunction()

function(cornu_bench_sources out)
  list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/bench/")
  list(TRANSFORM ARGN APPEND "/*.cc")
  file(GLOB sources CONFIGURE_DEPENDS ${ARGN})
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

# The workloads, one at a time, and what else is measured of whole programs.
cornu_bench_sources(sources cornu_bench)
cornu_add_benchmark(cornu_bench ${sources} $<TARGET_OBJECTS:cornu_measurement>)
cornu_bench_sources(sources growth)
cornu_add_benchmark(cornu_growth ${sources} $<TARGET_OBJECTS:cornu_measurement>)
foreach(target cornu_bench cornu_growth)
  target_link_libraries(${target} PRIVATE cornu::cornu)
endforeach()

# What the choice between convolution algorithms was fitted to. It calls what libcornu hides, so it is made on demand.
cornu_bench_sources(sources convolutions)
cornu_add_benchmark(cornu_bench_convolutions ${sources})
set_target_properties(cornu_bench_convolutions PROPERTIES EXCLUDE_FROM_ALL ON)
target_link_libraries(cornu_bench_convolutions PRIVATE cornu_internals ${CORNU_ONEDNN})

# The networks of cornu-bench, with a `train` and an `infer` of its own.
cornu_bench_sources(sources limit cornu_bench)
list(FILTER sources EXCLUDE REGEX "cornu_bench/(main|steps)\\.cc$")
cornu_add_benchmark(cornu_bench_limit ${sources} $<TARGET_OBJECTS:cornu_measurement>)
target_link_libraries(cornu_bench_limit PRIVATE cornu::cornu)

# Chains of elementwise operations beside loops written by hand. What such a loop may expect: the machine's own
# instructions, and libm's vector functions. Roots and quotients are rounded as ours are.
cornu_bench_sources(sources chains)
cornu_add_benchmark(cornu_bench_chains ${sources})
target_link_libraries(cornu_bench_chains PRIVATE cornu::cornu)
set_source_files_properties("${PROJECT_SOURCE_DIR}/bench/chains/hand_written.cc" PROPERTIES COMPILE_OPTIONS
                            "-O3;-march=native;-mprefer-vector-width=512;-ffast-math;-mrecip=none")

# What predict_into costs besides the kernels.
cornu_bench_sources(sources predict_overhead)
cornu_add_benchmark(cornu_bench_predict_overhead ${sources})
target_link_libraries(cornu_bench_predict_overhead PRIVATE cornu::cornu)
