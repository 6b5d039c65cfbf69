// A program of pooling, moved elements and random numbers, with its gradients, on a card: the emulated one, or this
// machine's. It must be what the CPU computes, and nothing may be left to the host.

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/device.h"
#include "framework/gradients.h"
#include "framework/ops/activation.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/cumulative.h"
#include "framework/ops/pad.h"
#include "framework/ops/pool.h"
#include "framework/ops/random.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/take.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/stderr_of.h"
#include "tests/support/traced.h"

namespace cornu::test {
namespace {

const TensorSpecs kSpecs{
    {{50, 12}, DType::kFloat32}, {{2, 40}, DType::kInt32}, {{2}, DType::kInt64}, {{2, 20, 30}, DType::kFloat32}};

// An embedding, pooled and dropped out, and the gradient of its table.
Tensors embedding(const Tensors& feeds) {
  const Tensor rows = ops::take(feeds[0], feeds[1], 0);                                            // (2, 40, 12)
  const Tensor pooled = ops::max_pool(ops::relu(rows), {3}, {.strides = {2}, .padding = "same"});  // (2, 20, 12)
  const Tensor turned = ops::transpose(ops::average_pool(rows, {2}), {0, 2, 1});                   // (2, 12, 20)
  const Tensor both = ops::concatenate({pooled, ops::transpose(turned, {0, 2, 1})}, 2);            // (2, 20, 24)
  const Tensor padded = ops::pad(ops::slice_axis(both, 2, 1, 23, 2), {{0, 0}, {0, 0}, {9, 10}});   // (2, 20, 30)
  const Tensor dropped = ops::dropout(ops::cumsum(padded, {.axis = 1}), 0.3, feeds[2]);
  return {dropped, gradients({dropped}, {feeds[0]}, {feeds[3]})[0]};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_movement_program)

BOOST_AUTO_TEST_CASE(an_embedding_and_its_gradient_are_the_cpus) {
  Tensor indices = Tensor::empty({2, 40}, DType::kInt32);
  for (std::size_t i = 0; i < 80; ++i) indices.mutable_data<std::int32_t>()[i] = static_cast<std::int32_t>(i * i % 50);
  const Tensors values{uniform_float32({50, 12}, 1), indices, Tensor::copy<std::int64_t>({7, 9}, {2}),
                       uniform_float32({2, 20, 30}, 2)};
  const Traced traced(kSpecs, embedding);
  const Tensors expected = traced.compile()->run(values);
  TestCard card;
  set_default_device("gpu:0");
  Tensors actual;
  BOOST_TEST(stderr_of([&] { actual = traced.compile()->run(values); }) == "");
  for (std::size_t k = 0; k < 2; ++k) {
    const std::vector<float> a = actual[k].to_vector<float>();
    const std::vector<float> e = expected[k].to_vector<float>();
    for (std::size_t i = 0; i < e.size(); ++i) BOOST_TEST_REQUIRE(std::abs(a[i] - e[i]) <= 1e-5F);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
