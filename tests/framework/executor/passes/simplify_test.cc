#include "framework/executor/passes/passes.h"

#include <boost/test/unit_test.hpp>

#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/reshape.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

const TensorSpecs kOne{{{2, 6}, DType::kFloat32}};

std::string simplified(const std::function<Tensors(const Tensors&)>& function) {
  Ir ir = Traced(kOne, function).ir();
  fold_constants(ir);
  simplify(ir);
  return joined(operations_of(ir));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_simplify)

BOOST_AUTO_TEST_CASE(removes_arithmetic_without_effect) {
  BOOST_TEST(simplified([](const Tensors& x) { return Tensors{ops::negative((x[0] * 1.0 + 0.0) / 1.0)}; }) ==
             "negative");
}

BOOST_AUTO_TEST_CASE(keeps_arithmetic_with_effect) {
  BOOST_TEST(simplified([](const Tensors& x) { return Tensors{x[0] * 2.0 + 1.0}; }) == "multiply add");
}

BOOST_AUTO_TEST_CASE(keeps_a_product_that_changes_the_shape) {
  const Tensor ones = Tensor::copy<float>({1}, {1, 1, 1});
  BOOST_TEST(simplified([&](const Tensors& x) { return Tensors{x[0] * ones}; }) == "multiply");
}

BOOST_AUTO_TEST_CASE(looks_through_reshapes_of_reshapes) {
  const std::string operations = simplified([](const Tensors& x) {
    return Tensors{ops::negative(ops::reshape(ops::reshape(x[0], {3, 4}), {4, 3}))};
  });
  BOOST_TEST(operations == "reshape negative");
}

BOOST_AUTO_TEST_CASE(lets_elementwise_operations_broadcast_themselves) {
  const Tensor row = Tensor::copy<float>({1, 2, 3, 4, 5, 6}, {6});
  const std::string operations = simplified([&](const Tensors& x) {
    const Tensor doubled = ops::reshape(x[0], {2, 6});
    return Tensors{doubled + ops::broadcast_to(ops::negative(row), {2, 6})};
  });
  BOOST_TEST(operations.find("broadcast_to") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
