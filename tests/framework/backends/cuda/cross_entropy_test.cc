// Cross-entropy of sparse labels on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Labels of all classes.
Tensor labels_for(const Shape& logits) {
  const std::int64_t classes = logits.back();
  Tensor labels = Tensor::empty(logits.slice(0, -1), int32);
  auto values = labels.mutable_data<std::int32_t>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int32_t>((static_cast<std::int64_t>(i) * 7 + 2) % std::max<std::int64_t>(classes, 1));
  }
  return labels;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_cross_entropy)

BOOST_AUTO_TEST_CASE(losses_and_gradients_equal_the_reference) {
  TestCard card;
  for (const Shape& shape : {Shape{64, 10}, Shape{3, 5, 8}, Shape{70, 1000}, Shape{2, 30001}, Shape{10}, Shape{5, 1},
                             Shape{100000, 1}, Shape{3000, 4}, Shape{0, 10}, Shape{3, 0}}) {
    BOOST_TEST_CONTEXT("shape " << shape.to_string()) {
      const Tensor logits = uniform_float32(shape, 1, -5, 5);
      const Tensor labels = labels_for(shape);
      check_on_card(card, "sparse_softmax_cross_entropy", {}, {logits, labels}, 2e-6, 1e-6);
      const Tensor total = run_kernel(Backend::kReference, "sparse_softmax_cross_entropy", {}, {logits, labels})[1];
      const Tensor dloss = uniform_float32(total.shape(), 2);
      check_on_card(card, "sparse_softmax_cross_entropy_gradient", {}, {logits, labels, total, dloss}, 2e-6, 1e-7);
    }
  }
}

BOOST_AUTO_TEST_CASE(float64_is_computed_in_float64) {
  TestCard card;
  const Tensor logits = uniform({6, 37}, 1, -5, 5);
  const Tensor labels = labels_for({6, 37});
  check_on_card(card, "sparse_softmax_cross_entropy", {}, {logits, labels}, 1e-14);
  const Tensor total = run_kernel(Backend::kReference, "sparse_softmax_cross_entropy", {}, {logits, labels})[1];
  check_on_card(card, "sparse_softmax_cross_entropy_gradient", {}, {logits, labels, total, uniform({6}, 2)}, 1e-13,
                1e-15);
}

BOOST_AUTO_TEST_CASE(a_label_that_is_no_class_gives_nan) {
  TestCard card;
  const Tensor logits = uniform_float32({4, 3}, 1);
  const Tensor labels = Tensor::copy<std::int32_t>({-1, 3, 2, std::numeric_limits<std::int32_t>::min()}, {4});
  check_on_card(card, "sparse_softmax_cross_entropy", {}, {logits, labels}, 2e-6);
  const Tensor rows = uniform_float32({4}, 2);
  const Tensors inputs{logits, labels, rows, rows};
  check_on_card(card, "sparse_softmax_cross_entropy_gradient", {}, inputs, 2e-6, 1e-7);
  BOOST_TEST(std::isnan(run_on_card(card, "sparse_softmax_cross_entropy_gradient", {}, inputs)[0].data<float>()[3]));
}

BOOST_AUTO_TEST_CASE(infinities_are_the_reference_s) {
  TestCard card;
  const Tensor logits = Tensor::copy<float>(
      {-kInfinity, 1, 2, -kInfinity, -kInfinity, -kInfinity, 1, kInfinity, 2, 1000, -1000, 0}, {4, 3});
  for (const std::int32_t label : {0, 1, 2}) {
    check_on_card(card, "sparse_softmax_cross_entropy", {},
                  {logits, Tensor::copy<std::int32_t>({label, label, label, label}, {4})}, 2e-6);
  }
}

// The total is about 100, whose last digit is 8e-6.
BOOST_AUTO_TEST_CASE(a_small_loss_keeps_its_digits) {
  TestCard card;
  const Tensor logits = Tensor::copy<float>({100, 90, 89}, {1, 3});
  check_on_card(card, "sparse_softmax_cross_entropy", {}, {logits, Tensor::copy<std::int32_t>({0}, {1})}, 2e-3);
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_them) {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
    const TensorSpec logits{{64, 10}, dtype};
    const TensorSpec labels{{64}, int32};
    const TensorSpec rows{{64}, dtype};
    const bool all = dtype == DType::kFloat32;
    check_nvrtc_compiles("sparse_softmax_cross_entropy", {}, {logits, labels}, all ? kEveryCard : kHopper);
    check_nvrtc_compiles("sparse_softmax_cross_entropy_gradient", {}, {logits, labels, rows, rows},
                         all ? kEveryCard : kHopper);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
