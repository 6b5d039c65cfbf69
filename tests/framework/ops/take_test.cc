#include "framework/ops/take.h"

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

BOOST_AUTO_TEST_SUITE(framework_ops_take)

BOOST_AUTO_TEST_CASE(takes_along_any_axis) {
  const Tensor x = counted({2, 3, 4});
  const Tensor indices = Tensor::copy<std::int32_t>({2, 0, -1, 2}, {2, 2});
  test::check_close(ops::take(x, indices, 1),
                    Tensor::copy<float>({8.0F,  9.0F,  10.0F, 11.0F, 0.0F,  1.0F,  2.0F,  3.0F,  8.0F,  9.0F,  10.0F,
                                         11.0F, 8.0F,  9.0F,  10.0F, 11.0F, 20.0F, 21.0F, 22.0F, 23.0F, 12.0F, 13.0F,
                                         14.0F, 15.0F, 20.0F, 21.0F, 22.0F, 23.0F, 20.0F, 21.0F, 22.0F, 23.0F},
                                        {2, 2, 2, 4}));
  test::check_close(ops::take(x, Tensor::copy<std::int64_t>({23, 0}, {2})), Tensor::copy<float>({23.0F, 0.0F}, {2}));
  test::check_close(ops::take(x, Tensor::copy<std::int32_t>({1}, {}), -1),
                    Tensor::copy<float>({1.0F, 5.0F, 9.0F, 13.0F, 17.0F, 21.0F}, {2, 3}));
  BOOST_TEST(message_of<DTypeError>([&] { ops::take(x, counted({2}), 0); }) ==
             "take: expected indices of an integer dtype; got float32. Cast first: ops::cast(indices, int32)");
}

BOOST_AUTO_TEST_CASE(known_indices_outside_the_axis_are_an_error) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               ops::take(counted({3, 2}), Tensor::copy<std::int32_t>({0, 3}, {2}), 0);
             }) == "take: expected indices from -3 to 2, for an axis of size 3; got 3");
  BOOST_TEST(message_of<InvalidArgument>([] {
               ops::take(counted({3, 2}), Tensor::copy<std::int64_t>({-7}, {1}));
             }) == "take: expected indices from -6 to 5, for an axis of size 6; got -7");
  BOOST_TEST(message_of<InvalidArgument>([] {
               ops::take_along_axis(counted({3, 2}), Tensor::copy<std::int32_t>({2, 0}, {1, 2}), 1);
             }) == "take_along_axis: expected indices from -2 to 1, for an axis of size 2; got 2");
}

BOOST_AUTO_TEST_CASE(indices_fed_to_a_graph_take_the_nearest_entry) {
  const auto graph = std::make_shared<Graph>();
  const GraphScope scope(graph);
  const Tensor x = graph->placeholder({{3}, float32});
  const Tensor indices = graph->placeholder({{3}, int32});
  const auto program = Program::compile(graph, {x, indices}, {ops::take(x, indices, 0)});
  test::check_close(program->run({counted({3}), Tensor::copy<std::int32_t>({-9, 3, 7}, {3})})[0],
                    Tensor::copy<float>({0.0F, 2.0F, 2.0F}, {3}));
}

BOOST_AUTO_TEST_CASE(takes_one_entry_for_each_index) {
  const Tensor x = counted({2, 3, 4});
  const Tensor indices = Tensor::copy<std::int32_t>({2, 0, 1, -2}, {2, 2, 1});
  test::check_close(ops::take_along_axis(x, indices, 1),
                    Tensor::copy<float>({8.0F, 9.0F, 10.0F, 11.0F, 0.0F, 1.0F, 2.0F, 3.0F, 16.0F, 17.0F, 18.0F, 19.0F,
                                         16.0F, 17.0F, 18.0F, 19.0F},
                                        {2, 2, 4}));
  test::check_close(ops::take_along_axis(counted({2, 3}), Tensor::copy<std::int32_t>({2, 0}, {2, 1}), -1),
                    Tensor::copy<float>({2.0F, 3.0F}, {2, 1}));
  test::check_close(ops::take_along_axis(counted({2, 3}), Tensor::copy<std::int32_t>({4, 1}, {2})),
                    Tensor::copy<float>({4.0F, 1.0F}, {2}));
}

BOOST_AUTO_TEST_CASE(adds_and_replaces_entries) {
  test::check_close(ops::index_add(counted({3, 2}), Tensor::copy<std::int32_t>({2, 0, -1}, {3}), 0, 3),
                    Tensor::copy<float>({2.0F, 3.0F, 0.0F, 0.0F, 4.0F, 6.0F}, {3, 2}));
  test::check_close(ops::index_update(counted({3, 2}), Tensor::copy<std::int32_t>({2, 0, 2}, {3}), counted({3, 2})),
                    Tensor::copy<float>({2.0F, 3.0F, 2.0F, 3.0F, 4.0F, 5.0F}, {3, 2}));
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  const Tensor indices = Tensor::copy<std::int32_t>({2, 0, -1, 2, -3, 1}, {3, 2});
  test::check_second_gradients([&](const Tensors& x) -> Tensors { return {ops::take(x[0], indices, 1)}; },
                               {test::uniform({2, 3, 2}, 1)});
  test::check_second_gradients([&](const Tensors& x) -> Tensors { return {ops::take(x[0], indices, -1)}; },
                               {test::uniform({0, 3}, 2)});
  test::check_second_gradients([&](const Tensors& x) -> Tensors { return {ops::take_along_axis(x[0], indices, 0)}; },
                               {test::uniform({4, 1}, 3)});
  test::check_second_gradients([&](const Tensors& x) -> Tensors { return {ops::take_along_axis(x[0], indices, 1)}; },
                               {test::uniform({1, 5}, 4)});
  const Tensor places = Tensor::copy<std::int32_t>({2, 0}, {2});
  test::check_gradients([&](const Tensors& x) -> Tensors { return {ops::index_update(x[0], places, x[1])}; },
                        {test::uniform({3, 2}, 5), test::uniform({2, 2}, 6)});
}

// The layout of Keras' saved graphs: the batch is known only when the graph runs, for gradients too.
BOOST_AUTO_TEST_CASE(unknown_sizes_run) {
  const auto graph = std::make_shared<Graph>();
  const GraphScope scope(graph);
  const Tensor x = graph->placeholder({{kUnknown, 3}, float32});
  const Tensor indices = graph->placeholder({{kUnknown, 1}, int32});
  const Tensor rows = ops::take(x, Tensor::copy<std::int32_t>({-1, 0, -1}, {3}), 0);
  const Tensor picked = ops::take_along_axis(x, indices, 1);
  BOOST_TEST(rows.shape().to_string() == "(3, 3)");
  BOOST_TEST(picked.shape().to_string() == "(None, 1)");
  const Tensors found{gradients({rows}, {x})[0], gradients({picked}, {x})[0],
                      gradients({ops::take_along_axis(x, indices, 0)}, {x})[0]};
  const auto program = Program::compile(graph, {x, indices}, {{{2, 3}, float32}, {{2, 1}, int32}},
                                        {picked, found[0], found[1], found[2]});
  const Tensors results = program->run({counted({2, 3}), Tensor::copy<std::int32_t>({2, 0}, {2, 1})});
  test::check_close(results[0], Tensor::copy({2.0F, 3.0F}, {2, 1}));
  test::check_close(results[1], Tensor::copy({1.0F, 1.0F, 1.0F, 2.0F, 2.0F, 2.0F}, {2, 3}));
  test::check_close(results[2], Tensor::copy({0.0F, 0.0F, 1.0F, 1.0F, 0.0F, 0.0F}, {2, 3}));
  test::check_close(results[3], Tensor::copy({1.0F, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F}, {2, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
