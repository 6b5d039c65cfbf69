#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "framework/executor/passes/passes.h"
#include "framework/kernel.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/conv.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

TensorSpec low(const Shape& shape) { return {shape, bfloat16}; }

Ir widened_ir(const TensorSpecs& specs, const std::function<Tensors(const Tensors&)>& function) {
  Ir ir = Traced(specs, function).ir();
  widen_low_precision(ir);
  return ir;
}

std::size_t count(const Ir& ir, const std::string& operation) {
  return static_cast<std::size_t>(std::count_if(ir.nodes.begin(), ir.nodes.end(),
                                                [&](const IrNode& node) { return node.operation->name == operation; }));
}

bool multiplies_bfloat16() {
  const TensorSpecs inputs{low({4, 4}), low({4, 4})};
  const TensorSpec output{{4, 4}, float32};
  const Attributes attributes{{"transpose_x", false}, {"transpose_y", false}};
  return compile_kernel_of(Backend::kCpu, {"matmul", attributes, inputs, {&output, 1}}) != nullptr;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_widen_low_precision)

// Two casts in and one out, however many operations lie between.
BOOST_AUTO_TEST_CASE(values_between_operations_are_not_rounded) {
  const Ir ir = widened_ir({low({4, 8}), low({4, 8})},
                           [](const Tensors& x) { return Tensors{ops::relu(x[0] * x[1] + x[0]) - x[1]}; });
  BOOST_TEST(count(ir, "cast") == 3U);
  for (const IrNode& node : ir.nodes) {
    if (node.operation->name != "cast") BOOST_TEST((ir.spec(node.outputs[0]).dtype == float32));
  }
  BOOST_TEST((ir.spec(ir.fetches[0]).dtype == bfloat16));
}

BOOST_AUTO_TEST_CASE(products_read_bfloat16_where_the_machine_multiplies_it) {
  const Ir ir = widened_ir({low({4, 8}), low({8, 16}), low({16, 2})}, [](const Tensors& x) {
    return Tensors{ops::cast(ops::matmul(ops::relu(ops::matmul(x[0], x[1])), x[2]), float32)};
  });
  for (const IrNode& node : ir.nodes) {
    if (node.operation->name != "matmul") continue;
    BOOST_TEST((ir.spec(node.inputs[0]).dtype == (multiplies_bfloat16() ? bfloat16 : float32)));
    BOOST_TEST((ir.spec(node.outputs[0]).dtype == float32));
  }
  // The hidden values are rounded for the second product; the result, which is wanted in float32, is not.
  if (multiplies_bfloat16()) BOOST_TEST(joined(operations_of(ir)) == "matmul relu cast matmul cast");
}

BOOST_AUTO_TEST_CASE(casts_of_the_program_round) {
  const Traced traced({{{3}, float32}},
                      [](const Tensors& x) { return Tensors{ops::cast(ops::cast(x[0], bfloat16), float32)}; });
  const Tensors result = traced.compile()->run({Tensor::copy({1.0F + 0x1p-12F, 1.5F, -3.0F}, {3})});
  BOOST_TEST((result[0].to_vector<float>() == std::vector<float>{1.0F, 1.5F, -3.0F}));
}

BOOST_AUTO_TEST_CASE(moves_and_views_keep_the_small_type) {
  const Ir ir = widened_ir({low({4, 6})}, [](const Tensors& x) {
    return Tensors{ops::transpose(ops::reshape(x[0], {2, 12}), {1, 0})};
  });
  BOOST_TEST(count(ir, "cast") == 0U);
}

BOOST_AUTO_TEST_CASE(float32_programs_stay_as_they_are) {
  const auto function = [](const Tensors& x) { return Tensors{ops::relu(x[0] + 1.0)}; };
  const Traced traced({{{3}, float32}}, function);
  Ir ir = traced.ir();
  const std::string before = ir.to_string();
  widen_low_precision(ir);
  BOOST_TEST(ir.to_string() == before);
}

// Products, convolutions with and without a 3 x 3 window, and their gradients: close to float32, to a few roundings.
BOOST_AUTO_TEST_CASE(programs_are_close_to_float32) {
  const Shape image{2, 8, 8, 16};
  const auto network = [](const Tensors& x, DType dtype) {
    const auto in = [&](std::size_t i) { return ops::cast(x[i], dtype); };
    Tensor y = ops::relu(ops::conv(in(0), in(1), {.padding = "same"}));
    y = ops::conv(y, in(2), {.padding = "same"});
    y = ops::matmul(ops::reshape(y, {2, 8 * 8 * 8}), in(3));
    return Tensors{ops::cast(y, float32), ops::cast(ops::sum(y * y), float32)};
  };
  const Tensors inputs{uniform_float32(image, 1), uniform_float32({3, 3, 16, 16}, 2, -0.1, 0.1),
                       uniform_float32({5, 5, 16, 8}, 3, -0.1, 0.1), uniform_float32({512, 10}, 4, -0.1, 0.1)};
  TensorSpecs specs;
  for (const Tensor& input : inputs) specs.push_back(input.spec());
  const auto run = [&](DType dtype) {
    return Traced(specs, [&](const Tensors& x) { return network(x, dtype); }).compile()->run(inputs);
  };
  const Tensors exact = run(float32);
  const Tensors rounded = run(bfloat16);
  check_close(rounded[0], exact[0], 0.03, 0.03);
  check_close(rounded[1], exact[1], 0.03, 0.03);
}

BOOST_AUTO_TEST_SUITE_END()
