#include "framework/variable.h"

#include <boost/test/unit_test.hpp>

namespace cornu {

BOOST_AUTO_TEST_SUITE(framework_variable)

BOOST_AUTO_TEST_CASE(tensors_read_earlier_keep_what_they_hold) {
  const Variable variable(Tensor::copy<float>({1, 2}, {2}));
  const Tensor snapshot = variable.snapshot();
  const Tensor value = variable.value();
  variable.assign(Tensor::copy<float>({3, 4}, {2}));
  BOOST_TEST(snapshot.data<float>()[0] == 1);
  BOOST_TEST(value.data<float>()[0] == 1);
  BOOST_TEST(variable.snapshot().data<float>()[0] == 3);
}

BOOST_AUTO_TEST_CASE(memory_is_written_in_place_when_nobody_else_holds_it) {
  const Variable variable(Tensor::copy<float>({1, 2}, {2}));
  const void* memory = variable.data(false);
  variable.assign(Tensor::copy<float>({3, 4}, {2}));
  BOOST_TEST(variable.data(true) == memory);
}

BOOST_AUTO_TEST_CASE(the_version_tells_of_assignments) {
  const Variable variable(Tensor::copy<float>({1, 2}, {2}));
  const std::uint64_t before = variable.version();
  variable.assign(Tensor::copy<float>({3, 4}, {2}));
  BOOST_TEST(variable.version() > before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu
