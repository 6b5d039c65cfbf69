#include "framework/ops/get_item.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

#include "framework/error.h"
#include "framework/graph/graph.h"
#include "framework/ops/cast.h"
#include "tests/support/gradient_check.h"
#include "tests/support/patterns.h"

namespace cornu {
namespace {

using test::counted;
using test::message_of;

BOOST_AUTO_TEST_SUITE(framework_ops_get_item)

BOOST_AUTO_TEST_CASE(indexes_as_python_does) {
  using ops::Ellipsis, ops::NewAxis, ops::Slice;
  const Tensor x = counted({2, 3, 4});
  test::check_close(ops::get_item(x, {1}),
                    Tensor::copy<float>(
                        {12.0F, 13.0F, 14.0F, 15.0F, 16.0F, 17.0F, 18.0F, 19.0F, 20.0F, 21.0F, 22.0F, 23.0F}, {3, 4}));
  test::check_close(ops::get_item(x, {Slice(), -1}),
                    Tensor::copy<float>({8.0F, 9.0F, 10.0F, 11.0F, 20.0F, 21.0F, 22.0F, 23.0F}, {2, 4}));
  test::check_close(
      ops::get_item(x, {Ellipsis(), Slice{1, -1}}),
      Tensor::copy<float>({1.0F, 2.0F, 5.0F, 6.0F, 9.0F, 10.0F, 13.0F, 14.0F, 17.0F, 18.0F, 21.0F, 22.0F}, {2, 3, 2}));
  test::check_close(ops::get_item(x, {Slice(), NewAxis(), Slice{{}, {}, -1}, 0}),
                    Tensor::copy<float>({8.0F, 4.0F, 0.0F, 20.0F, 16.0F, 12.0F}, {2, 1, 3}));
  test::check_close(ops::get_item(x, {0, Ellipsis(), -2}), Tensor::copy<float>({2.0F, 6.0F, 10.0F}, {3}));
  test::check_close(ops::get_item(x, {0, 1, 2}), Tensor::copy<float>({6.0F}, {}));
  test::check_close(ops::get_item(x, {Slice(), Tensor::copy<std::int32_t>({2, 0}, {2}), 1}),
                    Tensor::copy<float>({9.0F, 1.0F, 21.0F, 13.0F}, {2, 2}));
  test::check_close(ops::get_item(x, {}), Tensor::copy<float>({0.0F,  1.0F,  2.0F,  3.0F,  4.0F,  5.0F,  6.0F,  7.0F,
                                                               8.0F,  9.0F,  10.0F, 11.0F, 12.0F, 13.0F, 14.0F, 15.0F,
                                                               16.0F, 17.0F, 18.0F, 19.0F, 20.0F, 21.0F, 22.0F, 23.0F},
                                                              {2, 3, 4}));
  BOOST_TEST(message_of<InvalidArgument>([&] {
               ops::get_item(x, {0, 0, 0, 0});
             }) == "get_item: expected at most 3 indices for shape (2, 3, 4); got 4");
  BOOST_CHECK_THROW(ops::get_item(x, {Ellipsis(), Ellipsis()}), InvalidArgument);
  BOOST_CHECK_THROW(ops::get_item(x, {2}), ShapeError);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  test::check_second_gradients(
      [](const Tensors& x) -> Tensors {
        return {ops::get_item(x[0], {ops::Slice{{}, {}, 2}, ops::NewAxis(), 1}),
                ops::get_item(x[0], {-1, ops::Slice()})};
      },
      {test::uniform({3, 2, 2}, 1)});
}

BOOST_AUTO_TEST_CASE(indexes_an_unknown_batch) {
  const auto graph = std::make_shared<Graph>();
  const GraphScope scope(graph);
  const Tensor x = graph->placeholder({{kUnknown, 4}, float32});
  BOOST_TEST(ops::get_item(x, {0}).shape().to_string() == "(4,)");
  BOOST_TEST(ops::get_item(x, {ops::Slice(), ops::Slice{-3, -1}}).shape().to_string() == "(None, 2)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
