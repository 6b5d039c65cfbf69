#include "framework/ops/concatenate.h"

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

BOOST_AUTO_TEST_SUITE(framework_ops_concatenate)

BOOST_AUTO_TEST_CASE(joins_and_promotes) {
  test::check_close(ops::concatenate({counted({2, 2}), counted({2, 3})}, -1),
                    Tensor::copy<float>({0.0F, 1.0F, 0.0F, 1.0F, 2.0F, 2.0F, 3.0F, 3.0F, 4.0F, 5.0F}, {2, 5}));
  test::check_close(ops::concatenate({counted({2, 2}), counted({0, 2})}, 0),
                    Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F}, {2, 2}));
  BOOST_TEST(ops::concatenate({counted({2}), counted<std::int32_t>({2})}, 0).spec().to_string() == "(4,) float32");
  test::check_close(ops::stack({counted({2, 2}), counted({2, 2})}, 1),
                    Tensor::copy<float>({0.0F, 1.0F, 0.0F, 1.0F, 2.0F, 3.0F, 2.0F, 3.0F}, {2, 2, 2}));
  test::check_close(ops::stack({counted({2}), counted({2})}, -1),
                    Tensor::copy<float>({0.0F, 0.0F, 1.0F, 1.0F}, {2, 2}));
  test::check_close(ops::hstack({counted({2}), counted({3})}),
                    Tensor::copy<float>({0.0F, 1.0F, 0.0F, 1.0F, 2.0F}, {5}));
  test::check_close(ops::vstack({counted({2}), counted({2})}), Tensor::copy<float>({0.0F, 1.0F, 0.0F, 1.0F}, {2, 2}));
  test::check_close(ops::append(counted({2, 2}), counted({3})),
                    Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F, 0.0F, 1.0F, 2.0F}, {7}));
  test::check_close(ops::append(counted({2, 2}), counted({1, 2}), 0),
                    Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F, 0.0F, 1.0F}, {3, 2}));
}

BOOST_AUTO_TEST_CASE(splits_by_number_and_by_position) {
  {
    const Tensors parts = ops::split(counted({2, 5}), {1, 3}, 1);
    BOOST_TEST_REQUIRE(parts.size() == 3u);
    test::check_close(parts[0], Tensor::copy<float>({0.0F, 5.0F}, {2, 1}));
    test::check_close(parts[1], Tensor::copy<float>({1.0F, 2.0F, 6.0F, 7.0F}, {2, 2}));
    test::check_close(parts[2], Tensor::copy<float>({3.0F, 4.0F, 8.0F, 9.0F}, {2, 2}));
  }
  {
    const Tensors parts = ops::split(counted({2, 5}), 2);
    BOOST_TEST_REQUIRE(parts.size() == 2u);
    test::check_close(parts[0], Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F, 4.0F}, {1, 5}));
    test::check_close(parts[1], Tensor::copy<float>({5.0F, 6.0F, 7.0F, 8.0F, 9.0F}, {1, 5}));
  }
  {
    const Tensors parts = ops::split(counted({2, 5}), {0, 9}, -1);
    BOOST_TEST_REQUIRE(parts.size() == 3u);
    test::check_close(parts[0], Tensor::empty({2, 0}, float32));
    test::check_close(parts[1],
                      Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F, 7.0F, 8.0F, 9.0F}, {2, 5}));
    test::check_close(parts[2], Tensor::empty({2, 0}, float32));
  }
  {
    const Tensors parts = ops::array_split(counted({2, 5}), 3, 1);
    BOOST_TEST_REQUIRE(parts.size() == 3u);
    test::check_close(parts[0], Tensor::copy<float>({0.0F, 1.0F, 5.0F, 6.0F}, {2, 2}));
    test::check_close(parts[1], Tensor::copy<float>({2.0F, 3.0F, 7.0F, 8.0F}, {2, 2}));
    test::check_close(parts[2], Tensor::copy<float>({4.0F, 9.0F}, {2, 1}));
  }
  {
    const Tensors parts = ops::unstack(counted({2, 5}));
    BOOST_TEST_REQUIRE(parts.size() == 2u);
    test::check_close(parts[0], Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F, 4.0F}, {5}));
    test::check_close(parts[1], Tensor::copy<float>({5.0F, 6.0F, 7.0F, 8.0F, 9.0F}, {5}));
  }
}

BOOST_AUTO_TEST_CASE(says_what_does_not_fit) {
  BOOST_TEST(message_of<ShapeError>([] {
               ops::concatenate({counted({2, 2}), counted({3, 3})}, 1);
             }) == "concatenate: expected shapes that differ at most at axis 1; got (2, 2) and (3, 3)");
  BOOST_TEST(message_of<InvalidArgument>([] { ops::concatenate({}, 0); }) ==
             "concatenate: expected at least one tensor; got none");
  BOOST_TEST(message_of<ShapeError>([] {
               ops::stack({counted({2}), counted({3})});
             }) == "stack: expected tensors of one shape; got (2,) and (3,)");
  BOOST_TEST(message_of<ShapeError>([] {
               ops::split(counted({2, 5}), 2, 1);
             }) == "split: expected a number of sections that divides the size 5 of axis 1 of shape (2, 5); got 2");
  BOOST_CHECK_THROW(ops::split(counted({5}), {3, 1}), InvalidArgument);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  test::check_second_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::concatenate({x[0], x[1], x[0]}, 1)};
      },
      {test::uniform({2, 3}, 1), test::uniform({2, 1}, 2)});
  test::check_second_gradients(
      [](const Tensors& x) -> Tensors {
        return ops::split(x[0], {1, 1, 3}, -1);
      },
      {test::uniform({2, 4}, 3)});
  test::check_gradients([](const Tensors& x) -> Tensors { return {ops::unstack(x[0], 1)[1]}; },
                        {test::uniform({2, 3, 1}, 4)});
  test::check_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::stack({x[0], x[1]}, 1)};
      },
      {test::uniform({0, 3}, 5), test::uniform({0, 3}, 6)});
}

BOOST_AUTO_TEST_CASE(gradients_of_unknown_sizes_are_split_like_the_inputs) {
  const auto graph = std::make_shared<Graph>();
  const GraphScope scope(graph);
  const Tensor x = graph->placeholder({{kUnknown, 2}, float32});
  const Tensor y = graph->placeholder({{kUnknown, 2}, float32});
  const Tensor joined = ops::concatenate({x, y}, 0);
  BOOST_TEST(joined.shape().to_string() == "(None, 2)");
  const Tensors found = gradients({joined}, {x, y}, {joined});
  const auto program = Program::compile(graph, {x, y}, {{{2, 2}, float32}, {{1, 2}, float32}}, {found[0], found[1]});
  const Tensors results = program->run({counted({2, 2}), counted({1, 2})});
  test::check_close(results[0], Tensor::copy<float>({0.0F, 1.0F, 2.0F, 3.0F}, {2, 2}));
  test::check_close(results[1], Tensor::copy<float>({0.0F, 1.0F}, {1, 2}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
