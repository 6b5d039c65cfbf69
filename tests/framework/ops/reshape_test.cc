#include "framework/ops/reshape.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>
#include <numeric>

#include "framework/error.h"
#include "framework/executor/program.h"
#include "framework/graph/graph.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/shape_of.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::check_close;
using test::uniform;

Tensor counting(const Shape& shape) {
  std::vector<float> values(static_cast<std::size_t>(shape.num_elements()));
  std::iota(values.begin(), values.end(), 0.0F);
  return Tensor::copy(values, shape);
}

BOOST_AUTO_TEST_SUITE(framework_ops_reshape)

BOOST_AUTO_TEST_CASE(reshape_keeps_the_order_of_elements) {
  check_close(ops::reshape(counting({2, 3}), {3, -1}), counting({3, 2}));
  check_close(ops::expand_dims(counting({3}), -1), counting({3, 1}));
  check_close(ops::squeeze(counting({1, 3, 1})), counting({3}));
  BOOST_CHECK((ops::reshape(Tensor::empty({0, 4}), {2, -1}).shape() == Shape{2, 0}));
}

BOOST_AUTO_TEST_CASE(transposes) {
  check_close(ops::transpose(counting({2, 3})), Tensor::copy({0.0F, 3.0F, 1.0F, 4.0F, 2.0F, 5.0F}, {3, 2}));
  check_close(ops::transpose(counting({1, 2, 2}), {2, 1, 0}), Tensor::copy({0.0F, 2.0F, 1.0F, 3.0F}, {2, 2, 1}));
}

BOOST_AUTO_TEST_CASE(broadcasts) {
  check_close(ops::broadcast_to(counting({2, 1}), {2, 2}), Tensor::copy({0.0F, 0.0F, 1.0F, 1.0F}, {2, 2}));
  check_close(ops::broadcast_to(counting({2}), {2, 2}), Tensor::copy({0.0F, 1.0F, 0.0F, 1.0F}, {2, 2}));
  check_close(ops::broadcast_like(Tensor(3.0), counting({3})), Tensor::copy({3.0F, 3.0F, 3.0F}, {3}));
}

BOOST_AUTO_TEST_CASE(shapes_are_values) {
  BOOST_TEST(ops::shape_of(Tensor::empty({2, 0, 5})).to_vector<std::int32_t>() == (std::vector<std::int32_t>{2, 0, 5}),
             boost::test_tools::per_element());
  BOOST_TEST(ops::count_along(Tensor::empty({2, 3, 5}), {0, -1}).item() == 10);
  const Tensor x = Tensor::empty({2, 3});
  BOOST_TEST(test::run_kernel(Backend::kReference, "shape_of", {}, {x})[0].to_vector<std::int32_t>() ==
                 (std::vector<std::int32_t>{2, 3}),
             boost::test_tools::per_element());
  BOOST_TEST(
      test::run_kernel(Backend::kReference, "count_along", {{"axes", std::vector<std::int64_t>{1}}}, {x})[0].item() ==
      3);
}

// Every permutation of shapes with sizes below, at and above a tile, for elements of each width.
BOOST_AUTO_TEST_CASE(cpu_transpose_equals_the_reference) {
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{37, 41}, Shape{128, 4}, Shape{0, 3}, Shape{1, 70, 1},
                             Shape{3, 33, 65}, Shape{2, 7, 40, 5}, Shape{4, 1, 3, 36}, Shape{2, 3, 1, 5, 34}}) {
    std::vector<std::int64_t> permutation(static_cast<std::size_t>(shape.rank()));
    std::iota(permutation.begin(), permutation.end(), 0);
    do {
      for (DType dtype : {float32, float64, float16, boolean}) {
        const Tensor x = ops::cast(ops::cast(uniform(shape, 3, 0, 100), int32), dtype);
        test::check_cpu_kernel("transpose", {{"permutation", permutation}}, {x}, 0, 0);
      }
    } while (std::next_permutation(permutation.begin(), permutation.end()));
  }
}

BOOST_AUTO_TEST_CASE(cpu_broadcast_equals_the_reference) {
  struct Problem {
    Shape from;
    Shape to;
  };
  for (const Problem& problem : {Problem{{}, {}},
                                 {{}, {50000}},
                                 {{7}, {1000, 7}},
                                 {{4, 1}, {4, 9001}},
                                 {{3, 1, 5}, {3, 4, 5}},
                                 {{1, 3, 1, 5}, {2, 3, 4, 5}},
                                 {{2, 1, 3, 1}, {6, 2, 50, 3, 70}},
                                 {{1}, {0}},
                                 {{0, 1}, {0, 3}}}) {
    for (DType dtype : {float32, int64, bfloat16, uint8}) {
      const Tensor x = ops::cast(ops::cast(uniform(problem.from, 4, 0, 100), int32), dtype);
      test::check_cpu_kernel("broadcast_to", {{"shape", problem.to.dims()}}, {x}, 0, 0);
      test::check_cpu_kernel("broadcast_like", {}, {x, Tensor::empty(problem.to)}, 0, 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  const auto check = [](const auto& function, const Shape& shape) {
    const auto squared = [&](const Tensors& x) -> Tensors { return {ops::square(function(x[0]))}; };
    test::check_gradients(squared, {uniform(shape, 21)});
    test::check_second_gradients(squared, {uniform(shape, 22)});
  };
  check([](const Tensor& x) { return ops::reshape(x, {4, -1}); }, {2, 6});
  check([](const Tensor& x) { return ops::transpose(x, {1, 2, 0}); }, {2, 3, 4});
  check([](const Tensor& x) { return ops::broadcast_to(x, {2, 3, 4}); }, {3, 1});
  check([](const Tensor& x) { return ops::broadcast_to(x, {5, 0}); }, {1, 1});
  check([](const Tensor& x) { return ops::squeeze(ops::expand_dims(x, {0, 2}), 0); }, {2, 1});
}

// What is known only when the graph runs: batch and length. Each result is then checked against the plain reshape.
BOOST_AUTO_TEST_CASE(several_sizes_may_be_unknown_until_the_graph_runs) {
  const auto run = [](const std::function<Tensor(const Tensor&)>& function, const Tensor& x, const Shape& declared) {
    const auto graph = std::make_shared<Graph>("test");
    Tensor feed, fetch;
    {
      const GraphScope scope(graph);
      feed = graph->placeholder({declared, x.dtype()});
      fetch = function(feed);
    }
    return Program::compile(graph, {feed}, TensorSpecs{x.spec()}, {fetch})->run({x})[0];
  };
  const Tensor x = uniform({2, 6, 4}, 31);
  const Shape open{kUnknown, kUnknown, 4};
  const auto flat = x.to_vector<double>();
  const auto check = [&](const std::function<Tensor(const Tensor&)>& function, const Shape& shape) {
    const Tensor y = run(function, x, open);
    BOOST_TEST(y.shape().to_string() == shape.to_string());
    BOOST_TEST(y.to_vector<double>() == flat, boost::test_tools::per_element());
  };
  check([](const Tensor& t) { return ops::expand_dims(t, 1); }, {2, 1, 6, 4});
  check([](const Tensor& t) { return ops::squeeze(ops::expand_dims(t, -1), -1); }, {2, 6, 4});
  check([](const Tensor& t) { return ops::reshape_each(t, {-1}); }, {2, 24});
  check([](const Tensor& t) { return ops::reshape_each(t, {-1, 8}); }, {2, 3, 8});
  BOOST_TEST(ops::reshape_each(uniform({2, 6}, 1), {3, -1}).shape().to_string() == "(2, 3, 2)");
  test::check_gradients(
      [](const Tensors& t) {
        return Tensors{ops::square(ops::reshape_each(t[0], {-1, 2}))};
      },
      {uniform({2, 6}, 2)});
}

BOOST_AUTO_TEST_CASE(rejects_what_does_not_fit) {
  const Tensor x = Tensor::empty({2, 3});
  BOOST_TEST(test::message_of<ShapeError>([&] {
               (void)ops::reshape(x, {4, -1});
             }) == "reshape: expected a shape with 6 elements, as (2, 3) has; got (4, None)");
  BOOST_TEST(test::message_of<ShapeError>([&] { (void)ops::squeeze(x, 0); }) ==
             "squeeze: expected size 1 at axis 0; got shape (2, 3)");
  BOOST_CHECK_THROW((void)ops::broadcast_to(x, {3}), ShapeError);
  BOOST_TEST(test::message_of<InvalidArgument>([&] {
               (void)ops::transpose(x, {0, 0});
             }) == "transpose: expected a permutation of the 2 axes of shape (2, 3)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
