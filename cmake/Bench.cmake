# cornu-bench: bench/cornu_bench/*.cc; cornu-bench-chains: bench/chains/*.cc.

file(GLOB CORNU_BENCH_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/cornu_bench/*.cc")
if(CORNU_BENCH_SOURCES)
  add_executable(cornu_bench ${CORNU_BENCH_SOURCES})
  set_target_properties(cornu_bench PROPERTIES OUTPUT_NAME cornu-bench CXX_EXTENSIONS OFF
                                               RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  target_compile_definitions(cornu_bench PRIVATE CORNU_BENCH_VERSION="${PROJECT_VERSION}")
  target_include_directories(cornu_bench PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(cornu_bench PRIVATE cornu::cornu cornu_compile_options ${CORNU_ONEDNN} OpenMP::OpenMP_CXX)
endif()

file(GLOB CORNU_BENCH_CHAINS_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/bench/chains/*.cc")
if(CORNU_BENCH_CHAINS_SOURCES)
  add_executable(cornu_bench_chains ${CORNU_BENCH_CHAINS_SOURCES})
  set_target_properties(cornu_bench_chains PROPERTIES OUTPUT_NAME cornu-bench-chains CXX_EXTENSIONS OFF
                                                      RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  target_include_directories(cornu_bench_chains PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(cornu_bench_chains PRIVATE cornu::cornu cornu_compile_options OpenMP::OpenMP_CXX)
  # What a hand-written loop may expect: the machine's own instructions, and libm's vector functions. Roots and
  # quotients are rounded as ours are.
  set_source_files_properties("${PROJECT_SOURCE_DIR}/bench/chains/hand_written.cc" PROPERTIES COMPILE_OPTIONS
                              "-O3;-march=native;-mprefer-vector-width=512;-ffast-math;-mrecip=none")
endif()
