# The tests: tests/<folder>/**/*_test.cc make <folder>_tests. Each file holds one suite named by its path
# (tests/layers/core/dense_test.cc: layers_core_dense) and is one CTest test (layers/core/dense), labelled by folder:
# `ctest -L layers`, `ctest -R layers/core`.

# The tests call what libcornu hides, so they link with a library of the same objects that hides nothing. An archive
# hides nothing anyway.
if(CORNU_SHARED)
  add_library(cornu_internals SHARED EXCLUDE_FROM_ALL ${CORNU_OBJECTS})
  cornu_link_library(cornu_internals)
else()
  add_library(cornu_internals INTERFACE)
  target_link_libraries(cornu_internals INTERFACE cornu)
endif()

# What all tests share: main, the other files of tests/support, and the precompiled header.
file(GLOB CORNU_TEST_SUPPORT CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/support/*.cc")
add_library(cornu_test_support OBJECT ${CORNU_TEST_SUPPORT})
# Optimising tests would take longer than they run.
target_compile_options(cornu_test_support PRIVATE -O0)
# Boost.Test makes `main` in the file that names the module before it includes Boost.Test.
set_source_files_properties("${PROJECT_SOURCE_DIR}/tests/support/main.cc" PROPERTIES SKIP_PRECOMPILE_HEADERS ON)

function(cornu_test_properties target)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/include")
  target_compile_definitions(${target} PRIVATE BOOST_TEST_DYN_LINK)
  target_compile_options(${target} PRIVATE -O0)
  target_link_libraries(${target} PRIVATE cornu_internals cornu_compile_options Boost::unit_test_framework
                                          nlohmann_json::nlohmann_json ${CORNU_ONEDNN} ${CORNU_PRIVATE_LIBRARIES})
endfunction()

cornu_test_properties(cornu_test_support)
target_precompile_headers(cornu_test_support PRIVATE "${CORNU_PRECOMPILED_HEADER}" <boost/test/unit_test.hpp>)

# Tests run in the source folder (tests/golden/...). Two of them share the cores, so waiting threads should not spin.
set(CORNU_TEST_ENVIRONMENT "OMP_WAIT_POLICY=passive;CORNU_APPS_DIR=${PROJECT_BINARY_DIR}/apps")
if(CORNU_SANITIZE MATCHES "thread")
  # libgomp is not instrumented: to ThreadSanitizer each of its barriers is missing. Threads of our own are what is tested.
  list(APPEND CORNU_TEST_ENVIRONMENT OMP_NUM_THREADS=1
       "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/tsan.supp")
endif()

foreach(folder framework layers io models apps)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/tests"
       "${PROJECT_SOURCE_DIR}/tests/${folder}/*_test.cc")
  if(NOT sources)
    continue()
  endif()
  set(target ${folder}_tests)
  cornu_add_cuda_tests(sources cuda_objects)
  list(TRANSFORM sources PREPEND "tests/" OUTPUT_VARIABLE paths)
  add_executable(${target} ${paths} $<TARGET_OBJECTS:cornu_test_support> ${cuda_objects})
  cornu_test_properties(${target})
  target_precompile_headers(${target} REUSE_FROM cornu_test_support)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  if(folder STREQUAL "apps")
    if(CORNU_APPS)
      add_dependencies(${target} ${CORNU_APPS})  # run as programs
    endif()
    if(TARGET cornu_cli_objects)
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:cornu_cli_objects> $<TARGET_OBJECTS:cornu_measurement>)
      target_link_libraries(${target} PRIVATE CLI11::CLI11)
    endif()
  endif()

  set(suites "")
  foreach(source IN LISTS sources)
    string(REGEX REPLACE "_test\\.cc$" "" name "${source}")
    string(REPLACE "/" "_" suite "${name}")
    add_test(NAME ${name} COMMAND ${target} --run_test=${suite} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set_tests_properties(${name} PROPERTIES LABELS ${folder} TIMEOUT 300 ENVIRONMENT "${CORNU_TEST_ENVIRONMENT}")
    if(name MATCHES "/cuda/|_on_cards$")
      # In a new build tree they compile kernels: they begin first.
      set_tests_properties(${name} PROPERTIES TIMEOUT 900 COST 100)
    endif()
    if(name MATCHES "/cuda/" AND CORNU_SANITIZE MATCHES "address")
      # NVIDIA's libraries leave memory behind.
      set_tests_properties(${name} PROPERTIES ENVIRONMENT "${CORNU_TEST_ENVIRONMENT};ASAN_OPTIONS=detect_leaks=0")
    endif()
    if(name MATCHES "golden$")
      set_tests_properties(${name} PROPERTIES LABELS "${folder};golden")  # `ctest -L golden`
    endif()
    list(APPEND suites ${suite})
  endforeach()
  list(JOIN suites "," suites)
  add_test(NAME checks/${folder}_suites COMMAND ${CMAKE_COMMAND} -DTESTS=$<TARGET_FILE:${target}> -DSUITES=${suites}
                                                -P "${PROJECT_SOURCE_DIR}/tests/checks/suites.cmake")
  set_tests_properties(checks/${folder}_suites PROPERTIES LABELS checks)
endforeach()

# The programs in TensorFlow 1's style check what they claim.
file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/tests/legacy")
foreach(name IN LISTS CORNU_LEGACY_APPS)
  add_test(NAME apps/legacy/${name} COMMAND ${name} WORKING_DIRECTORY "${PROJECT_BINARY_DIR}/tests/legacy")
  set_tests_properties(apps/legacy/${name} PROPERTIES LABELS apps TIMEOUT 300 ENVIRONMENT "${CORNU_TEST_ENVIRONMENT}")
endforeach()

# cornu-v1-trace: runs recorded programs in TensorFlow 1's style on the public library alone.
file(GLOB CORNU_TRACE_SOURCES CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/v1_trace/*.cc")
add_executable(cornu-v1-trace ${CORNU_TRACE_SOURCES} "${PROJECT_SOURCE_DIR}/tests/support/event_file_reader.cc")
set_target_properties(cornu-v1-trace PROPERTIES CXX_EXTENSIONS OFF RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
target_include_directories(cornu-v1-trace PRIVATE "${PROJECT_SOURCE_DIR}")
target_compile_options(cornu-v1-trace PRIVATE -O0)
target_link_libraries(cornu-v1-trace PRIVATE cornu cornu_compile_options nlohmann_json::nlohmann_json)
add_test(NAME models/v1/traces COMMAND cornu-v1-trace "${PROJECT_SOURCE_DIR}/tests/golden/v1_traces.json")
add_test(NAME models/v1/more_traces COMMAND cornu-v1-trace "${PROJECT_SOURCE_DIR}/tests/golden/v1_traces_more.json")
set_tests_properties(models/v1/traces models/v1/more_traces PROPERTIES LABELS "models;golden" TIMEOUT 300 ENVIRONMENT
                                                 "${CORNU_TEST_ENVIRONMENT}")

# Fewer threads than OpenMP is asked for: without a word to oneDNN convolutions never end.
if(NOT CORNU_SANITIZE MATCHES "thread")
  add_test(NAME checks/thread_limit COMMAND layers_tests --run_test=layers_core_dense,layers_convolutional_base_conv
           WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(checks/thread_limit PROPERTIES LABELS checks TIMEOUT 120
                       ENVIRONMENT "${CORNU_TEST_ENVIRONMENT};OMP_NUM_THREADS=4;OMP_THREAD_LIMIT=2")
endif()

add_test(NAME checks/include_direction COMMAND "${PROJECT_SOURCE_DIR}/tests/checks/include_direction.sh")
set_tests_properties(checks/include_direction PROPERTIES LABELS checks)

# Programs that must not compile: each says in its first line, after `// error: `, what the compiler has to say.
file(GLOB CORNU_COMPILE_FAIL CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/compile_fail/*.cc")
foreach(source IN LISTS CORNU_COMPILE_FAIL)
  get_filename_component(name "${source}" NAME_WE)
  add_test(NAME compile_fail/${name}
           COMMAND ${CMAKE_COMMAND} -DCOMPILER=${CMAKE_CXX_COMPILER} -DSOURCE=${source}
                   -DROOT=${PROJECT_SOURCE_DIR} -P "${PROJECT_SOURCE_DIR}/tests/checks/compile_fail.cmake")
  set_tests_properties(compile_fail/${name} PROPERTIES LABELS compile_fail)
endforeach()

if(CORNU_SHARED)
  add_test(NAME checks/exported_symbols
           COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DLIBRARY=$<TARGET_FILE:cornu>
                   -P "${PROJECT_SOURCE_DIR}/tests/checks/exported_symbols.cmake")
  set_tests_properties(checks/exported_symbols PROPERTIES LABELS checks)
endif()

# Another project uses cornu, in each of the ways there are.
if(PROJECT_IS_TOP_LEVEL AND CORNU_INSTALL AND NOT CORNU_SANITIZE)
  foreach(way find_package add_subdirectory fetch_content)
    add_test(NAME consumer/${way}
             COMMAND ${CMAKE_COMMAND} -DWAY=${way} -DROOT=${PROJECT_SOURCE_DIR} -DBUILD=${PROJECT_BINARY_DIR}
                     -DGENERATOR=${CMAKE_GENERATOR} -DBUILD_TYPE=${CMAKE_BUILD_TYPE} -DCOMPILER=${CMAKE_CXX_COMPILER}
                     -DSHARED=${CORNU_SHARED} -DONEDNN_CONFIG=${dnnl_DIR} -DDOWNLOADS=${CORNU_DOWNLOADS}
                     -P "${PROJECT_SOURCE_DIR}/tests/consumers/run.cmake")
    set_tests_properties(consumer/${way} PROPERTIES LABELS consumer TIMEOUT 300)
  endforeach()
endif()

# The programs of bench, and the scripts that run them.
if(CORNU_BUILD_BENCH)
  find_package(Python3 3.9 QUIET COMPONENTS Interpreter)
  if(Python3_Interpreter_FOUND)
    add_test(NAME bench/bench COMMAND Python3::Interpreter "${PROJECT_SOURCE_DIR}/tests/bench/bench_test.py"
                                      "${PROJECT_BINARY_DIR}/bench")
    set_tests_properties(bench/bench PROPERTIES LABELS bench TIMEOUT 300 ENVIRONMENT "${CORNU_TEST_ENVIRONMENT}")
  endif()
endif()

# A user's file with the umbrella header compiles in about a second; 5 allows for a slow machine.
add_test(NAME checks/compile_time COMMAND "${PROJECT_SOURCE_DIR}/bench/compile_time/run")
set_tests_properties(checks/compile_time PROPERTIES LABELS checks RUN_SERIAL ON
                     ENVIRONMENT "CXX=${CMAKE_CXX_COMPILER};LIMIT=5")
