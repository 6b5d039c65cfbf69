#include "framework/ops/cross_entropy.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::as_float32;
using test::check_close;
using test::uniform;

Tensor labels_below(std::int64_t classes, const Shape& shape) {
  std::vector<std::int32_t> labels(static_cast<std::size_t>(shape.num_elements()));
  for (std::size_t i = 0; i < labels.size(); ++i)
    labels[i] = static_cast<std::int32_t>(i * 7 % static_cast<std::size_t>(classes));
  return Tensor::copy(labels, shape);
}

BOOST_AUTO_TEST_SUITE(framework_ops_cross_entropy)

BOOST_AUTO_TEST_CASE(values) {
  const Tensor logits = Tensor::copy({0.0F, std::log(3.0F), 0.0F, 1000.0F}, {2, 2});
  const Tensor expected = Tensor::copy({std::log(4.0F), 0.0F}, {2});
  check_close(ops::sparse_softmax_cross_entropy(logits, Tensor::copy<std::int64_t>({0, 1}, {2})), expected);
  check_close(ops::softmax_cross_entropy(logits, Tensor::copy({1.0F, 0.0F, 0.0F, 1.0F}, {2, 2})), expected);
}

// A loss of 1e-6 would be lost in 20 + 1e-6.
BOOST_AUTO_TEST_CASE(a_small_loss_keeps_its_digits) {
  const Tensor logits = Tensor::copy({20.0F, 6.0F}, {1, 2});
  const double loss = ops::sparse_softmax_cross_entropy(logits, Tensor::copy<std::int32_t>({0}, {1})).item();
  BOOST_TEST(std::abs(loss / std::log1p(std::exp(-14.0)) - 1) < 0.1);
}

BOOST_AUTO_TEST_CASE(a_label_outside_of_the_classes_gives_nan) {
  const Tensor logits = Tensor::copy({0.0F, 1.0F, 0.0F, 1.0F}, {2, 2});
  const Tensor loss = ops::sparse_softmax_cross_entropy(logits, Tensor::copy<std::int32_t>({-1, 2}, {2}));
  for (float value : loss.data<float>()) BOOST_TEST(std::isnan(value));
}

BOOST_AUTO_TEST_CASE(cpu_kernels_equal_the_reference) {
  for (const Shape& shape : {Shape{10}, Shape{128, 10}, Shape{4, 3, 1000}, Shape{3, 1}, Shape{0, 5}}) {
    const Tensor logits = as_float32(uniform(shape, 1, -5, 5));
    const Tensor labels = labels_below(shape.back(), shape.slice(0, -1));
    test::check_cpu_kernel("sparse_softmax_cross_entropy", {}, {logits, labels}, 3e-6, 3e-6);
    const Tensors forward = test::run_kernel(Backend::kReference, "sparse_softmax_cross_entropy", {}, {logits, labels});
    const Tensor dloss = as_float32(uniform(forward[0].shape(), 2));
    test::check_cpu_kernel("sparse_softmax_cross_entropy_gradient", {}, {logits, labels, forward[1], dloss}, 3e-6,
                           1e-6);
  }
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const Shape& shape : {Shape{5}, Shape{2, 3, 4}, Shape{3, 1}, Shape{0, 3}}) {
    const Tensor labels = labels_below(shape.back(), shape.slice(0, -1));
    const auto sparse = [&](const Tensors& x) -> Tensors { return {ops::sparse_softmax_cross_entropy(x[0], labels)}; };
    const auto both_outputs = [&](const Tensors& x) {
      return apply(operation_named("sparse_softmax_cross_entropy"), {x[0], labels});
    };
    const auto dense = [&](const Tensors& x) -> Tensors { return {ops::softmax_cross_entropy(x[0], x[1])}; };
    test::check_gradients(sparse, {uniform(shape, 1)});
    test::check_second_gradients(sparse, {uniform(shape, 2)});
    test::check_gradients(both_outputs, {uniform(shape, 1)});
    test::check_second_gradients(both_outputs, {uniform(shape, 1)});
    test::check_gradients(dense, {uniform(shape, 3), uniform(shape, 4, 0, 1)});
    test::check_second_gradients(dense, {uniform(shape, 3), uniform(shape, 4, 0, 1)});
  }
}

BOOST_AUTO_TEST_CASE(rejects_what_does_not_fit) {
  const Tensor logits = Tensor::empty({2, 3});
  BOOST_TEST(
      test::message_of<ShapeError>([&] {
        (void)ops::sparse_softmax_cross_entropy(logits, Tensor::empty({2, 1}, int32));
      }) ==
      "sparse_softmax_cross_entropy: expected logits (..., classes) and labels (...); got logits of shape (2, 3) and "
      "labels of shape (2, 1). Remove a last axis of size 1 from labels with squeeze");
  BOOST_TEST(
      test::message_of<DTypeError>([&] { (void)ops::sparse_softmax_cross_entropy(logits, Tensor::empty({2})); }) ==
      "sparse_softmax_cross_entropy: expected integer labels; got float32. Cast them, or use softmax_cross_entropy "
      "for distributions");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
