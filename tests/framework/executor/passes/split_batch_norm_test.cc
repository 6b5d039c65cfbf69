#include <boost/test/unit_test.hpp>

#include "framework/executor/passes/passes.h"
#include "framework/gradients.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/batch_norm.h"
#include "framework/ops/reduce.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

// Fewer, as many and more channels than a vector has lanes; rows that fill no block.
const Shape kShapes[] = {{37, 5}, {3, 7, 9, 16}, {2, 11, 13, 70}, {1, 3}};

TensorSpecs specs_of(const Shape& shape, DType dtype = DType::kFloat32) {
  const TensorSpec channels{{shape.back()}, dtype};
  return {{shape, dtype}, channels, channels, {shape, dtype}};
}

// The activation of a sum of a normalised tensor and a shortcut, and the gradients of all.
Tensors residual(const Tensors& in) {
  const ops::BatchNormResult normal = ops::batch_norm_training(in[0], in[1], in[2]);
  const Tensor y = ops::relu(normal.y + in[3]);
  Tensors results = gradients({ops::sum(y * y)}, in);
  results.insert(results.end(), {y, normal.mean, normal.variance});
  return results;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_split_batch_norm)

BOOST_AUTO_TEST_CASE(what_follows_joins_the_arithmetic) {
  const Traced traced(specs_of({3, 7, 9, 16}), [](const Tensors& in) {
    return Tensors{ops::relu(ops::batch_norm_training(in[0], in[1], in[2]).y + in[3])};
  });
  BOOST_TEST(joined(traced.compile()->step_operations()) == "batch_norm_moments fused_elementwise");
}

BOOST_AUTO_TEST_CASE(results_stay_as_they_are) {
  for (const Shape& shape : kShapes) {
    BOOST_TEST_CONTEXT("shape " << shape.to_string()) {
      const Traced traced(specs_of(shape), residual);
      Ir ir = traced.ir();
      split_batch_norm(ir);
      const std::string operations = joined(operations_of(ir));
      BOOST_TEST(operations.find("batch_norm_training") == std::string::npos);
      BOOST_TEST(operations.find("batch_norm_gradient ") == std::string::npos);
      const Shape channels{shape.back()};
      const Tensors inputs{uniform(shape, 1, -1.0, 3.0), uniform(channels, 2, 0.5, 1.5), uniform(channels, 3),
                           uniform(shape, 4)};
      Tensors rounded;
      for (const Tensor& input : inputs) rounded.push_back(as_float32(input));
      const Tensors actual = traced.compile()->run(rounded);
      const Tensors expected = Traced(specs_of(shape, DType::kFloat64), residual).compile()->run(inputs);
      for (std::size_t i = 0; i < expected.size(); ++i) check_close(actual[i], as_float32(expected[i]), 1e-5, 1e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(other_dtypes_stay_whole) {
  Ir ir = Traced(specs_of({4, 3}, DType::kFloat64), [](const Tensors& in) {
            return Tensors{ops::batch_norm_training(in[0], in[1], in[2]).y};
          }).ir();
  split_batch_norm(ir);
  BOOST_TEST(joined(operations_of(ir)) == "batch_norm_training");
}

BOOST_AUTO_TEST_SUITE_END()
