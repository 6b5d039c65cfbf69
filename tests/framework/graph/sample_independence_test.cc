#include "framework/graph/sample_independence.h"

#include <boost/test/unit_test.hpp>
#include <functional>

#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/conv.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/softmax.h"
#include "framework/ops/take.h"

using namespace cornu;

namespace {

bool alone(const Shape& shape, const std::function<Tensor(const Tensor&)>& function, DType dtype = float32) {
  const auto graph = std::make_shared<Graph>("test");
  const GraphScope scope(graph);
  const Tensor input = graph->placeholder({shape, dtype});
  return treats_samples_alone(*graph, input, function(input));
}

Tensor ones(const Shape& shape) {
  return Tensor::copy(std::vector<float>(static_cast<std::size_t>(shape.num_elements()), 1.0F), shape);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_graph_sample_independence)

BOOST_AUTO_TEST_CASE(layers_that_treat_samples_alone_are_recognised) {
  BOOST_TEST(alone({4, 6}, [](const Tensor& x) { return ops::relu(ops::matmul(x, ones({6, 3})) + ones({3})); }));
  BOOST_TEST(alone({4, 8, 8, 3}, [](const Tensor& x) { return ops::conv(x, ones({3, 3, 3, 2})); }));
  BOOST_TEST(alone({4, 8, 3}, [](const Tensor& x) { return ops::sum(ops::softmax(x, -1), {.axis = 1}); }));
  BOOST_TEST(alone({4, 8, 3}, [](const Tensor& x) { return ops::reshape(x, {4, 24}); }));
  // Rows of several samples, and back: a Dense layer on a sequence.
  BOOST_TEST(alone({4, 8, 3}, [](const Tensor& x) {
    return ops::reshape(ops::matmul(ops::reshape(x, {32, 3}), ones({3, 5})), {4, 8, 5});
  }));
  BOOST_TEST(alone({4, 8, 3}, [](const Tensor& x) { return ops::matmul(x, ops::transpose(x, {0, 2, 1})); }));
  BOOST_TEST(alone({4, 8}, [](const Tensor& x) { return ops::concatenate({x, x * 2.0}, 1); }));
  BOOST_TEST(alone(
      {4, 8},
      [](const Tensor& x) {
        return ops::take(ones({10, 3}), x, 0);
      },
      int32));
}

BOOST_AUTO_TEST_CASE(what_mixes_samples_is_found_out) {
  BOOST_TEST(!alone({4, 6}, [](const Tensor& x) { return x - ops::mean(x, {.axis = 0, .keepdims = true}); }));
  BOOST_TEST(!alone({4, 6}, [](const Tensor& x) { return ops::softmax(x, 0); }));
  BOOST_TEST(!alone({4, 4}, [](const Tensor& x) { return ops::transpose(x, {1, 0}); }));
  BOOST_TEST(!alone({4, 4}, [](const Tensor& x) { return ops::matmul(x, x); }));
  BOOST_TEST(!alone({4, 4}, [](const Tensor& x) { return ops::matmul(ones({4, 4}), x); }));
  BOOST_TEST(!alone({4, 6}, [](const Tensor& x) { return ops::concatenate({x, x}, 0); }));
  // One value for each sample would not fit the samples of another call.
  BOOST_TEST(!alone({4, 6}, [](const Tensor& x) { return x * ones({4, 1}); }));
  BOOST_TEST(!alone({4, 6}, [](const Tensor&) { return ones({4, 6}); }));
}

BOOST_AUTO_TEST_CASE(a_graph_that_assigns_variables_is_not_repeated) {
  const Variable counter(ones({1}));
  BOOST_TEST(!alone({4, 6}, [&](const Tensor& x) {
    GraphScope::current()->assign(counter, ones({1}));
    return x * 2.0;
  }));
}

BOOST_AUTO_TEST_SUITE_END()
