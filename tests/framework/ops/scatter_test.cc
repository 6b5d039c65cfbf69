#include "framework/ops/scatter.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;

BOOST_AUTO_TEST_SUITE(framework_ops_scatter)

BOOST_AUTO_TEST_CASE(scatters_as_keras_does) {
  const Tensor indices = Tensor::copy<std::int32_t>({0, 1, 1, 2, 0, 1}, {3, 2});
  test::check_close(
      ops::scatter(indices, counted({3, 2}), {2, 3, 2}),
      Tensor::copy<float>({0.0F, 0.0F, 4.0F, 6.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 2.0F, 3.0F}, {2, 3, 2}));
  const Tensor places = Tensor::copy<std::int32_t>({1, 2, 0, 0}, {2, 2});
  test::check_close(ops::scatter_update(counted({2, 3}), places, Tensor::copy({100.0F, 101.0F}, {2})),
                    Tensor::copy<float>({101.0F, 1.0F, 2.0F, 3.0F, 4.0F, 100.0F}, {2, 3}));
}

BOOST_AUTO_TEST_CASE(segments) {
  const Tensor ids = Tensor::copy<std::int32_t>({0, 2, 0, 3, -1}, {5});
  test::check_close(ops::segment_sum(counted({5, 2}), ids, 3),
                    Tensor::copy<float>({4.0F, 6.0F, 0.0F, 0.0F, 2.0F, 3.0F}, {3, 2}));
  test::check_close(ops::segment_max(counted({5, 2}), ids, 3),
                    Tensor::copy<float>({4.0F, 5.0F, -INFINITY, -INFINITY, 2.0F, 3.0F}, {3, 2}));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  const Tensor indices = Tensor::copy<std::int32_t>({0, 1, 1, 2, 0, 1}, {3, 2});
  test::check_gradients(
      [&](const Tensors& x) -> Tensors {
        return {ops::scatter(indices, x[0], {2, 3})};
      },
      {test::uniform({3}, 1)});
  const Tensor ids = Tensor::copy<std::int32_t>({0, 2, 0, 3}, {4});
  test::check_gradients([&](const Tensors& x) -> Tensors { return {ops::segment_sum(x[0], ids, 3)}; },
                        {test::uniform({4, 2}, 2)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
