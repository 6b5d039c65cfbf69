#include "framework/ops/diagonal.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;

BOOST_AUTO_TEST_SUITE(framework_ops_diagonal)

BOOST_AUTO_TEST_CASE(takes_triangles) {
  test::check_close(ops::tril(counted({2, 3, 4})),
                    Tensor::copy<float>({0.0F,  0.0F, 0.0F, 0.0F, 4.0F,  5.0F,  0.0F, 0.0F, 8.0F,  9.0F,  10.0F, 0.0F,
                                         12.0F, 0.0F, 0.0F, 0.0F, 16.0F, 17.0F, 0.0F, 0.0F, 20.0F, 21.0F, 22.0F, 0.0F},
                                        {2, 3, 4}));
  test::check_close(
      ops::tril(counted({2, 3, 4}), 1),
      Tensor::copy<float>({0.0F,  1.0F,  0.0F, 0.0F, 4.0F,  5.0F,  6.0F,  0.0F, 8.0F,  9.0F,  10.0F, 11.0F,
                           12.0F, 13.0F, 0.0F, 0.0F, 16.0F, 17.0F, 18.0F, 0.0F, 20.0F, 21.0F, 22.0F, 23.0F},
                          {2, 3, 4}));
  test::check_close(ops::triu(counted({3, 3}), -1),
                    Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 0.0F, 7.0F, 8.0F}, {3, 3}));
  BOOST_CHECK_THROW(ops::tril(counted({3})), ShapeError);
}

BOOST_AUTO_TEST_CASE(takes_and_makes_diagonals) {
  test::check_close(ops::diagonal(counted({2, 3, 4})),
                    Tensor::copy<float>({0.0F, 16.0F, 1.0F, 17.0F, 2.0F, 18.0F, 3.0F, 19.0F}, {4, 2}));
  test::check_close(ops::diagonal(counted({2, 3, 4}), 1, 2, 1),
                    Tensor::copy<float>({4.0F, 9.0F, 16.0F, 21.0F}, {2, 2}));
  test::check_close(ops::diagonal(counted({3, 4}), -2), Tensor::copy<float>({8.0F}, {1}));
  test::check_close(ops::diagonal(counted({3, 4}), 9), Tensor::empty({0}, float32));
  test::check_close(ops::diag(counted({2}), 1),
                    Tensor::copy<float>({0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.0F, 0.0F}, {3, 3}));
  test::check_close(ops::diag(counted({2}), -1),
                    Tensor::copy<float>({0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 1.0F, 0.0F}, {3, 3}));
  test::check_close(ops::diag(counted({3, 4}), 1), Tensor::copy<float>({1.0F, 6.0F, 11.0F}, {3}));
  test::check_close(ops::trace(counted({2, 3, 4}), 0, 1, 2), Tensor::copy<float>({15.0F, 51.0F}, {2}));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  test::check_second_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::tril(x[0]), ops::triu(x[0], 1), ops::diagonal(x[0], 1, 1, 2), ops::trace(x[0], 0, 0, 2)};
      },
      {test::uniform({2, 3, 3}, 1)});
  test::check_gradients([](const Tensors& x) -> Tensors { return {ops::diag(x[0], -1)}; }, {test::uniform({3}, 2)});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
