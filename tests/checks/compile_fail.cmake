cmake_minimum_required(VERSION 3.25)

# A misuse that has to be a compile error, with a message that says so.
file(STRINGS "${SOURCE}" first LIMIT_COUNT 1)
if(NOT first MATCHES "^// error: (.+)$")
  message(FATAL_ERROR "${SOURCE}: the first line has to be `// error: <regular expression>`")
endif()
set(expected "${CMAKE_MATCH_1}")
execute_process(COMMAND "${COMPILER}" -std=c++20 -fsyntax-only "-I${ROOT}" "-I${ROOT}/include" "${SOURCE}"
                ERROR_VARIABLE errors RESULT_VARIABLE status)
if(status EQUAL 0)
  message(FATAL_ERROR "${SOURCE} compiles, and must not")
endif()
if(NOT errors MATCHES "${expected}")
  message(FATAL_ERROR "${SOURCE} does not compile, but the compiler does not say `${expected}`:\n${errors}")
endif()
