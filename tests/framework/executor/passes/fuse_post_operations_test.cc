#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>

#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/conv.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reshape.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

const TensorSpecs kFactors{
    {{3, 4}, DType::kFloat32}, {{4, 5}, DType::kFloat32}, {{5}, DType::kFloat32}, {{3, 5}, DType::kFloat32}};

Ir fused(const TensorSpecs& specs, const std::function<Tensors(const Tensors&)>& function) {
  Ir ir = Traced(specs, function).ir();
  fuse_post_operations(ir);
  return ir;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_fuse_post_operations)

BOOST_AUTO_TEST_CASE(bias_and_activation_join_the_product) {
  const Ir ir = fused(kFactors, [](const Tensors& x) { return Tensors{ops::relu(ops::matmul(x[0], x[1]) + x[2])}; });
  BOOST_REQUIRE(joined(operations_of(ir)) == "fused_matmul");
  BOOST_TEST(ir.nodes[0].attributes.flag("bias"));
  BOOST_TEST(!ir.nodes[0].attributes.flag("addend"));
  BOOST_TEST(ir.nodes[0].attributes.string("activation") == "relu");
}

BOOST_AUTO_TEST_CASE(an_addend_made_after_the_product_joins_it_too) {
  const Traced traced(kFactors, [](const Tensors& x) {
    const Tensor product = ops::matmul(x[0], x[1]);
    const Tensor residual = x[3] * 2.0;
    return Tensors{ops::relu(product + x[2] + residual)};
  });
  Ir ir = traced.ir();
  fuse_post_operations(ir);
  BOOST_TEST(joined(operations_of(ir)) == "multiply fused_matmul");
  BOOST_TEST(ir.nodes[1].attributes.flag("addend"));
  // 1 * 1 * 4 + 0.5 + 2 * 3 everywhere.
  const auto full = [](float value, const Shape& shape) {
    return Tensor::copy(std::vector<float>(static_cast<std::size_t>(shape.num_elements()), value), shape);
  };
  const Tensors result = traced.compile()->run({full(1, {3, 4}), full(1, {4, 5}), full(0.5F, {5}), full(3, {3, 5})});
  for (float value : result[0].data<float>()) BOOST_TEST(value == 10.5F);
}

BOOST_AUTO_TEST_CASE(relu6_is_a_relu_and_a_bound) {
  const Ir ir = fused(
      kFactors, [](const Tensors& x) { return Tensors{ops::minimum(ops::relu(ops::matmul(x[0], x[1]) + x[2]), 6.0)}; });
  BOOST_REQUIRE(joined(operations_of(ir)) == "fused_matmul");
  BOOST_TEST(ir.nodes[0].attributes.string("activation") == "relu6");
}

BOOST_AUTO_TEST_CASE(another_bound_stays) {
  const Ir ir =
      fused(kFactors, [](const Tensors& x) { return Tensors{ops::minimum(ops::relu(ops::matmul(x[0], x[1])), 5.0)}; });
  BOOST_TEST(joined(operations_of(ir)) == "fused_matmul minimum");
}

// As attention does: the columns of a product are heads and units, and so is its bias.
BOOST_AUTO_TEST_CASE(a_bias_of_several_axes_joins_the_product) {
  const TensorSpecs specs{{{6, 4}, DType::kFloat32}, {{4, 10}, DType::kFloat32}, {{5, 2}, DType::kFloat32}};
  const auto function = [](const Tensors& x) {
    return Tensors{ops::reshape(ops::matmul(x[0], x[1]), {2, 3, 5, 2}) + x[2]};
  };
  BOOST_TEST(joined(operations_of(fused(specs, function))) == "reshape fused_matmul reshape");
  std::vector<float> bias(10);
  for (std::size_t i = 0; i < bias.size(); ++i) bias[i] = static_cast<float>(i);
  const Tensors result = Traced(specs, function)
                             .compile()
                             ->run({Tensor::copy(std::vector<float>(24, 1.0F), {6, 4}),
                                    Tensor::copy(std::vector<float>(40, 2.0F), {4, 10}), Tensor::copy(bias, {5, 2})});
  for (std::size_t i = 0; i < 60; ++i) BOOST_TEST(result[0].data<float>()[i] == 8.0F + static_cast<float>(i % 10));
}

// One number for each head is no bias of the columns, nor is one for each row.
BOOST_AUTO_TEST_CASE(addends_of_other_axes_stay) {
  for (const Shape& shape : {Shape{5, 1}, Shape{3, 1, 1}, Shape{2}}) {
    const Ir ir =
        fused({{{6, 4}, DType::kFloat32}, {{4, 10}, DType::kFloat32}, {shape, DType::kFloat32}}, [](const Tensors& x) {
          return Tensors{ops::reshape(ops::matmul(x[0], x[1]), {2, 3, 5, 2}) + x[2]};
        });
    BOOST_TEST(joined(operations_of(ir)) == "matmul reshape add");
  }
}

BOOST_AUTO_TEST_CASE(a_product_that_others_use_stays_as_it_is) {
  const Ir ir = fused(kFactors, [](const Tensors& x) {
    const Tensor product = ops::matmul(x[0], x[1]);
    return Tensors{ops::relu(product), product};
  });
  BOOST_TEST(joined(operations_of(ir)) == "matmul relu");
}

BOOST_AUTO_TEST_CASE(two_products_with_one_sum_take_it_once) {
  const Ir ir = fused({{{3, 4}, DType::kFloat32}, {{4, 5}, DType::kFloat32}, {{4, 5}, DType::kFloat32}},
                      [](const Tensors& x) { return Tensors{ops::matmul(x[0], x[1]) + ops::matmul(x[0], x[2])}; });
  BOOST_TEST(joined(operations_of(ir)) == "matmul fused_matmul");
}

BOOST_AUTO_TEST_CASE(a_bias_behind_a_reshape_joins_and_the_reshape_stays) {
  const Ir ir =
      fused({{{6, 4}, DType::kFloat32}, {{4, 5}, DType::kFloat32}, {{5}, DType::kFloat32}}, [](const Tensors& x) {
        return Tensors{ops::relu(ops::reshape(ops::matmul(x[0], x[1]), {2, 3, 5}) + x[2])};
      });
  BOOST_TEST(joined(operations_of(ir)) == "fused_matmul reshape");
}

BOOST_AUTO_TEST_SUITE_END()
