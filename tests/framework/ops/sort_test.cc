#include "framework/ops/sort.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/executor/program.h"
#include "framework/gradients.h"
#include "framework/graph/graph.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;
using test::message_of;

BOOST_AUTO_TEST_SUITE(framework_ops_sort)

BOOST_AUTO_TEST_CASE(sorts_along_any_axis) {
  const Tensor x = Tensor::copy<float>({3.0F, 1.0F, 2.0F, 1.0F, -1.0F, 5.0F, 0.0F, 5.0F}, {2, 4});
  test::check_close(ops::argsort(x), Tensor::copy<std::int32_t>({1, 3, 2, 0, 0, 2, 1, 3}, {2, 4}));
  test::check_close(ops::sort(x, 0), Tensor::copy<float>({-1.0F, 1.0F, 0.0F, 1.0F, 3.0F, 5.0F, 2.0F, 5.0F}, {2, 4}));
  test::check_close(ops::sort(x), Tensor::copy<float>({1.0F, 1.0F, 2.0F, 3.0F, -1.0F, 0.0F, 5.0F, 5.0F}, {2, 4}));
  test::check_close(ops::sort(Tensor::copy({NAN, 1.0F, -INFINITY}, {3})),
                    Tensor::copy<float>({-INFINITY, 1.0F, NAN}, {3}));
  test::check_close(ops::sort(counted<std::int32_t>({2, 0})), Tensor::empty({2, 0}, int32));
}

BOOST_AUTO_TEST_CASE(finds_the_greatest) {
  const Tensor x = Tensor::copy<float>({3.0F, 1.0F, 2.0F, 1.0F, -1.0F, 5.0F, 0.0F, 5.0F}, {2, 4});
  const ops::TopK top = ops::top_k(x, 3);
  test::check_close(top.values, Tensor::copy<float>({3.0F, 2.0F, 1.0F, 5.0F, 5.0F, 0.0F}, {2, 3}));
  test::check_close(top.indices, Tensor::copy<std::int32_t>({0, 2, 1, 1, 3, 2}, {2, 3}));
  BOOST_TEST(message_of<ShapeError>([&] { ops::top_k(x, 5); }) ==
             "top_k: expected a last axis with at least k = 5 entries; got shape (2, 4)");
  test::check_close(ops::in_top_k(Tensor::copy<std::int32_t>({2, 2}, {2}), x, 2),
                    ops::cast(Tensor::copy<std::uint8_t>({1, 0}, {2}), boolean));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const Shape& shape : Shapes{{2, 5, 3}, {1, 4, 2}, {0, 4, 2}}) {
    test::check_second_gradients([](const Tensors& x) -> Tensors { return {ops::sort(x[0], 1)}; },
                                 {test::uniform(shape, 1)});
    test::check_second_gradients([](const Tensors& x) -> Tensors { return {ops::top_k(x[0], 2).values}; },
                                 {test::uniform(shape, 2)});
  }
}

BOOST_AUTO_TEST_CASE(unknown_sizes_run) {
  const auto graph = std::make_shared<Graph>();
  const GraphScope scope(graph);
  const Tensor x = graph->placeholder({{kUnknown, 3, 2}, float32});
  const Tensor sorted = ops::sort(x, -2);
  const ops::TopK top = ops::top_k(x, 1);
  BOOST_TEST(sorted.shape().to_string() == "(None, 3, 2)");
  BOOST_TEST(top.values.shape().to_string() == "(None, 3, 1)");
  const Tensor gradient = gradients({top.values}, {x})[0];
  const auto program = Program::compile(graph, {x}, {{{1, 3, 2}, float32}}, {sorted, top.indices, gradient});
  const Tensors results = program->run({Tensor::copy({3.0F, 0.0F, 1.0F, 5.0F, 2.0F, 4.0F}, {1, 3, 2})});
  test::check_close(results[0], Tensor::copy({1.0F, 0.0F, 2.0F, 4.0F, 3.0F, 5.0F}, {1, 3, 2}));
  test::check_close(results[1], Tensor::copy<std::int32_t>({0, 1, 1}, {1, 3, 1}));
  test::check_close(results[2], Tensor::copy({1.0F, 0.0F, 0.0F, 1.0F, 0.0F, 1.0F}, {1, 3, 2}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
