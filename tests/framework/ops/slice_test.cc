#include "framework/ops/slice.h"

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

BOOST_AUTO_TEST_SUITE(framework_ops_slice)

BOOST_AUTO_TEST_CASE(slices_as_python_does) {
  const Tensor x = counted({6});
  test::check_close(ops::strided_slice(x, {1}, {5}, {2}), Tensor::copy<float>({1.0F, 3.0F}, {2}));
  test::check_close(ops::strided_slice(x, {-2}, {kOpen}), Tensor::copy<float>({4.0F, 5.0F}, {2}));
  test::check_close(ops::strided_slice(x, {kOpen}, {kOpen}, {-2}), Tensor::copy<float>({5.0F, 3.0F, 1.0F}, {3}));
  test::check_close(ops::strided_slice(x, {-9}, {99}, {4}), Tensor::copy<float>({0.0F, 4.0F}, {2}));
  test::check_close(ops::strided_slice(x, {4}, {1}, {-1}), Tensor::copy<float>({4.0F, 3.0F, 2.0F}, {3}));
  test::check_close(ops::strided_slice(x, {4}, {2}), Tensor::empty({0}, float32));
  const Tensor y = counted({2, 3, 4});
  test::check_close(ops::strided_slice(y, {0, 2, 1}, {2, 0, 4}, {1, -1, 2}),
                    Tensor::copy<float>({9.0F, 11.0F, 5.0F, 7.0F, 21.0F, 23.0F, 17.0F, 19.0F}, {2, 2, 2}));
  test::check_close(ops::strided_slice(counted({0, 3}), {0, 1}, {kOpen, kOpen}), Tensor::empty({0, 2}, float32));
}

BOOST_AUTO_TEST_CASE(takes_boxes_and_positions) {
  const Tensor x = counted({2, 3, 4});
  test::check_close(ops::slice(x, {1, 0, 2}, {1, 2, -1}), Tensor::copy<float>({14.0F, 15.0F, 18.0F, 19.0F}, {1, 2, 2}));
  test::check_close(
      ops::slice_axis(x, -1, 1, -1),
      Tensor::copy<float>({1.0F, 2.0F, 5.0F, 6.0F, 9.0F, 10.0F, 13.0F, 14.0F, 17.0F, 18.0F, 21.0F, 22.0F}, {2, 3, 2}));
  test::check_close(ops::slice_position(x, 1, -1),
                    Tensor::copy<float>({8.0F, 9.0F, 10.0F, 11.0F, 20.0F, 21.0F, 22.0F, 23.0F}, {2, 1, 4}));
  BOOST_TEST(message_of<ShapeError>([&] {
               ops::slice(x, {0, 2, 0}, {2, 2, 4});
             }) == "slice: expected 2 elements from position 2 at axis 1; got shape (2, 3, 4)");
  BOOST_TEST(message_of<InvalidArgument>([&] { ops::strided_slice(x, {0}, {1}, {0}); }) ==
             "strided_slice: expected strides other than 0");
  BOOST_CHECK_THROW(ops::slice_position(x, 0, 2), ShapeError);
  BOOST_CHECK_THROW(ops::slice(x, {0}, {1}), InvalidArgument);
}

BOOST_AUTO_TEST_CASE(puts_slices_back) {
  test::check_close(ops::unslice(counted({2, 3}), {5, 4}, {4, 1}, {0, kOpen}, {-2, 1}),
                    Tensor::copy<float>({0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 3.0F,
                                         4.0F, 5.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 1.0F, 2.0F},
                                        {5, 4}));
  const Tensor updates = Tensor::copy({100.0F, 101.0F, 102.0F, 103.0F}, {2, 1, 2});
  test::check_close(
      ops::slice_update(counted({2, 3, 4}), {0, 1, 2}, updates),
      Tensor::copy<float>({0.0F,  1.0F,  2.0F,  3.0F,  4.0F,  5.0F,  100.0F, 101.0F, 8.0F,  9.0F,  10.0F, 11.0F,
                           12.0F, 13.0F, 14.0F, 15.0F, 16.0F, 17.0F, 102.0F, 103.0F, 20.0F, 21.0F, 22.0F, 23.0F},
                          {2, 3, 4}));
}

BOOST_AUTO_TEST_CASE(flips) {
  const Tensor x = counted({2, 3});
  test::check_close(ops::flip(x), Tensor::copy<float>({5.0F, 4.0F, 3.0F, 2.0F, 1.0F, 0.0F}, {2, 3}));
  test::check_close(ops::flip(x, -1), Tensor::copy<float>({2.0F, 1.0F, 0.0F, 5.0F, 4.0F, 3.0F}, {2, 3}));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const Shape& shape : Shapes{{4, 5, 3}, {1, 2, 1}, {0, 2, 3}}) {
    test::check_second_gradients(
        [](const Tensors& x) -> Tensors {
          return {ops::strided_slice(x[0], {kOpen, 1, kOpen}, {kOpen, kOpen, kOpen}, {-2, 1, 1}), ops::flip(x[0], 1)};
        },
        {test::uniform(shape, 1)});
  }
  test::check_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::slice_update(x[0], {1, 0}, x[1])};
      },
      {test::uniform({4, 3}, 2), test::uniform({2, 2}, 3)});
}

BOOST_AUTO_TEST_CASE(unknown_sizes_stay_unknown_and_run) {
  const auto graph = std::make_shared<Graph>();
  const GraphScope scope(graph);
  const Tensor x = graph->placeholder({{kUnknown, 4}, float32});
  const Tensor row = ops::slice_position(x, 0, -1);
  BOOST_TEST(row.shape().to_string() == "(1, 4)");
  BOOST_TEST(ops::strided_slice(x, {1}, {kOpen}).shape().to_string() == "(None, 4)");
  BOOST_TEST(ops::strided_slice(x, {kOpen, 1}, {kOpen, 3}).shape().to_string() == "(None, 2)");
  const Tensor gradient = gradients({ops::strided_slice(x, {kOpen}, {kOpen}, {2})}, {x})[0];
  const auto program = Program::compile(graph, {x}, {{{3, 4}, float32}}, {row, gradient});
  const Tensors results = program->run({counted({3, 4})});
  test::check_close(results[0], Tensor::copy<float>({8.0F, 9.0F, 10.0F, 11.0F}, {1, 4}));
  test::check_close(results[1], Tensor::copy<float>(
                                    {1.0F, 1.0F, 1.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 1.0F, 1.0F, 1.0F, 1.0F}, {3, 4}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
