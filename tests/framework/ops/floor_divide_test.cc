#include <boost/test/unit_test.hpp>

#include "framework/executor/program.h"
#include "framework/gradients.h"
#include "framework/ops/arithmetic.h"

using namespace cornu;

BOOST_AUTO_TEST_SUITE(framework_ops_floor_divide)

BOOST_AUTO_TEST_CASE(rounds_down) {
  const Tensor x = Tensor::copy<float>({7, -7, 7, -7}, {4});
  const Tensor y = Tensor::copy<float>({2, 2, -2, -2}, {4});
  BOOST_TEST(ops::floor_divide(x, y).to_vector<float>() == (std::vector<float>{3, -4, -4, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(passes_no_gradient_and_lets_that_of_others_through) {
  const auto graph = std::make_shared<Graph>();
  Tensors feeds;
  Tensors found;
  {
    const GraphScope scope(graph);
    feeds = {graph->placeholder({{2}, DType::kFloat32}), graph->placeholder({{2}, DType::kFloat32})};
    found = gradients({ops::floor_divide(feeds[0], feeds[1]) + feeds[0] * 3.0}, feeds);
  }
  BOOST_TEST(!found[1].defined());
  const Tensor x = Tensor::copy<float>({5, -5}, {2});
  BOOST_TEST(
      Program::compile(graph, feeds, {found[0]})->run({x, x})[0].to_vector<float>() == (std::vector<float>{3, 3}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
