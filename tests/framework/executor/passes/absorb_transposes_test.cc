#include <boost/test/unit_test.hpp>

#include "framework/executor/passes/passes.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reshape.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

// Runs a function as a program and operation by operation, and gives the steps of the program.
std::string checked_steps(const TensorSpecs& specs, const std::function<Tensors(const Tensors&)>& function) {
  const auto program = Traced(specs, function).compile();
  Tensors inputs;
  for (const TensorSpec& spec : specs) {
    std::vector<float> values(static_cast<std::size_t>(spec.shape.num_elements()));
    // Small integers, so that sums are exact; a period that fits no axis.
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 11) - 5.0F;
    inputs.push_back(Tensor::copy(values, spec.shape));
  }
  const Tensors result = program->run(inputs);
  const Tensors expected = function(inputs);
  BOOST_TEST(result[0].shape() == expected[0].shape());
  BOOST_TEST(result[0].data<float>() == expected[0].data<float>(), boost::test_tools::per_element());
  return joined(program->step_operations());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_absorb_transposes)

BOOST_AUTO_TEST_CASE(a_product_reads_a_transposed_factor) {
  BOOST_TEST(checked_steps({{{2, 3, 4}, DType::kFloat32}, {{2, 5, 4}, DType::kFloat32}}, [](const Tensors& x) {
               return Tensors{ops::matmul(x[0], ops::transpose(x[1], {0, 2, 1}))};
             }) == "matmul");
}

BOOST_AUTO_TEST_CASE(a_transposed_product_exchanges_its_factors) {
  BOOST_TEST(checked_steps({{{2, 3, 4}, DType::kFloat32}, {{2, 4, 5}, DType::kFloat32}}, [](const Tensors& x) {
               return Tensors{ops::transpose(ops::matmul(x[0], x[1]), {0, 2, 1})};
             }) == "matmul");
}

BOOST_AUTO_TEST_CASE(rows_are_copied_where_elements_were) {
  // (batch, time, heads, size) to (batch, heads, size, time): the product reads (batch, heads, time, size) transposed.
  const TensorSpecs specs{{{2, 3, 4, 5}, DType::kFloat32}, {{2, 4, 6, 5}, DType::kFloat32}};
  const auto scores = [](const Tensors& x) { return Tensors{ops::matmul(x[1], ops::transpose(x[0], {0, 2, 3, 1}))}; };
  BOOST_TEST(checked_steps(specs, scores) == "transpose matmul");
  Ir ir = Traced(specs, scores).ir();
  absorb_transposes(ir);
  BOOST_TEST(ir.nodes[0].attributes.integers("permutation") == (std::vector<std::int64_t>{0, 2, 1, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_product_that_is_needed_both_ways_stays) {
  Ir ir = Traced({{{3, 4}, DType::kFloat32}, {{4, 5}, DType::kFloat32}}, [](const Tensors& x) {
            const Tensor product = ops::matmul(x[0], x[1]);
            return Tensors{product, ops::transpose(product, {1, 0})};
          }).ir();
  absorb_transposes(ir);
  BOOST_TEST(joined(operations_of(ir)) == "matmul transpose");
}

BOOST_AUTO_TEST_SUITE_END()
