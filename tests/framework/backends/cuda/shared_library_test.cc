#include "framework/backends/cuda/shared_library.h"

#include <boost/test/unit_test.hpp>

namespace cornu::cuda {

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_shared_library)

BOOST_AUTO_TEST_CASE(a_missing_library_is_a_reason) {
  const auto library = SharedLibrary::open({"libno_such.so.2", "libno_such.so.1"}, "install no such");
  BOOST_TEST(!library);
  BOOST_TEST(library.reason() == "libno_such.so.2 or libno_such.so.1 was not found: install no such");
}

BOOST_AUTO_TEST_CASE(the_first_library_there_is_is_opened) {
  const auto library = SharedLibrary::open({"libno_such.so.2", "libm.so.6"}, "install libm");
  BOOST_REQUIRE(library);
  BOOST_TEST(library->name() == "libm.so.6");
  double (*round_down)(double) = nullptr;
  BOOST_REQUIRE(library->find(round_down, "floor"));
  BOOST_TEST(round_down(2.5) == 2.0);
}

BOOST_AUTO_TEST_CASE(a_missing_function_is_no_crash) {
  const auto library = SharedLibrary::open({"libm.so.6"}, "install libm");
  BOOST_REQUIRE(library);
  void (*function)() = nullptr;
  BOOST_TEST(!library->find(function, "no_such_function"));
  BOOST_TEST(library->lacks("no_such_function") ==
             "libm.so.6 has no no_such_function: it is older than what cornu was built for");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::cuda
