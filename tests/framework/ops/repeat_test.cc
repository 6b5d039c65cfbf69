#include "framework/ops/repeat.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/executor/program.h"
#include "framework/graph/graph.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;

BOOST_AUTO_TEST_SUITE(framework_ops_repeat)

BOOST_AUTO_TEST_CASE(tiles_and_repeats) {
  test::check_close(ops::tile(counted({2, 3}), {2, 2}),
                    Tensor::copy<float>({0.0F, 1.0F, 2.0F, 0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 3.0F, 4.0F, 5.0F,
                                         0.0F, 1.0F, 2.0F, 0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 3.0F, 4.0F, 5.0F},
                                        {4, 6}));
  test::check_close(ops::tile(counted({2, 3}), {2, 1, 2}),
                    Tensor::copy<float>({0.0F, 1.0F, 2.0F, 0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 3.0F, 4.0F, 5.0F,
                                         0.0F, 1.0F, 2.0F, 0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 3.0F, 4.0F, 5.0F},
                                        {2, 2, 6}));
  test::check_close(
      ops::tile(counted({2, 3}), {2}),
      Tensor::copy<float>({0.0F, 1.0F, 2.0F, 0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 3.0F, 4.0F, 5.0F}, {2, 6}));
  test::check_close(ops::tile(counted({2}), {0}), Tensor::empty({0}, float32));
  test::check_close(
      ops::repeat(counted({2, 3}), 2, 1),
      Tensor::copy<float>({0.0F, 0.0F, 1.0F, 1.0F, 2.0F, 2.0F, 3.0F, 3.0F, 4.0F, 4.0F, 5.0F, 5.0F}, {2, 6}));
  test::check_close(ops::repeat(counted({2, 3}), {2, 0, 1}, -1),
                    Tensor::copy<float>({0.0F, 0.0F, 2.0F, 3.0F, 3.0F, 5.0F}, {2, 3}));
  test::check_close(
      ops::repeat(counted({2, 3}), 2),
      Tensor::copy<float>({0.0F, 0.0F, 1.0F, 1.0F, 2.0F, 2.0F, 3.0F, 3.0F, 4.0F, 4.0F, 5.0F, 5.0F}, {12}));
  BOOST_CHECK_THROW(ops::repeat(counted({3}), {1, 2}, 0), ShapeError);
}

BOOST_AUTO_TEST_CASE(rolls) {
  test::check_close(ops::roll(counted({2, 3}), 1), Tensor::copy<float>({5.0F, 0.0F, 1.0F, 2.0F, 3.0F, 4.0F}, {2, 3}));
  test::check_close(ops::roll(counted({2, 3}), -4, 1),
                    Tensor::copy<float>({1.0F, 2.0F, 0.0F, 4.0F, 5.0F, 3.0F}, {2, 3}));
  test::check_close(ops::roll(counted({2, 3}), {1, 2}, {0, 1}),
                    Tensor::copy<float>({4.0F, 5.0F, 3.0F, 1.0F, 2.0F, 0.0F}, {2, 3}));
  test::check_close(ops::roll(counted({0, 3}), 1, 0), Tensor::empty({0, 3}, float32));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  test::check_second_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::tile(x[0], {2, 3}), ops::repeat(x[0], 2, 0), ops::roll(x[0], 1, 1)};
      },
      {test::uniform({2, 3}, 1)});
}

BOOST_AUTO_TEST_CASE(unknown_sizes_run) {
  const auto graph = std::make_shared<Graph>();
  const GraphScope scope(graph);
  const Tensor x = graph->placeholder({{kUnknown, 2}, float32});
  const Tensors results = Program::compile(graph, {x}, {{{2, 2}, float32}},
                                           {ops::tile(x, {2, 1}), ops::repeat(x, 2, 0), ops::repeat(x, 2, 1)})
                              ->run({counted({2, 2})});
  test::check_close(results[0], Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F, 0.0F, 1.0F, 2.0F, 3.0F}, {4, 2}));
  test::check_close(results[1], Tensor::copy<float>({0.0F, 1.0F, 0.0F, 1.0F, 2.0F, 3.0F, 2.0F, 3.0F}, {4, 2}));
  test::check_close(results[2], Tensor::copy<float>({0.0F, 0.0F, 1.0F, 1.0F, 2.0F, 2.0F, 3.0F, 3.0F}, {2, 4}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
