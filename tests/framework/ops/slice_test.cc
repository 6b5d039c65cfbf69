#include "framework/ops/slice.h"

#include <boost/test/unit_test.hpp>

#include <numeric>

#include "framework/error.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/pad.h"
#include "tests/support/gradient_check.h"

namespace cornu {
namespace {

BOOST_AUTO_TEST_SUITE(framework_ops_slice)

// 0, 1, 2, ... so that a value says where it came from.
Tensor counted(const Shape& shape) {
  std::vector<float> values(static_cast<std::size_t>(shape.num_elements()));
  std::iota(values.begin(), values.end(), 0.0F);
  return Tensor::copy(values, shape);
}

BOOST_AUTO_TEST_CASE(slices_as_python_does) {
  const Tensor x = counted({6});
  test::check_close(ops::strided_slice(x, {1}, {5}, {2}), Tensor::copy({1.0F, 3.0F}, {2}));
  test::check_close(ops::strided_slice(x, {-2}, {kOpen}), Tensor::copy({4.0F, 5.0F}, {2}));
  test::check_close(ops::strided_slice(x, {kOpen}, {kOpen}, {-2}), Tensor::copy({5.0F, 3.0F, 1.0F}, {3}));
  test::check_close(ops::strided_slice(x, {-9}, {99}, {4}), Tensor::copy({0.0F, 4.0F}, {2}));
  test::check_close(ops::strided_slice(x, {4}, {1}, {-1}), Tensor::copy({4.0F, 3.0F, 2.0F}, {3}));
  BOOST_TEST(ops::strided_slice(x, {4}, {2}).shape().to_string() == "(0,)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
