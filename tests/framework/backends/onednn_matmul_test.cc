#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "framework/executor/program.h"
#include "framework/kernel.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reshape.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"

namespace cornu {
namespace {

constexpr double kEpsilon = std::numeric_limits<float>::epsilon();

// A float32 sum of k products, in any order and with or without fused multiply-add, is off by at most k eps/2 times the
// sum of the magnitudes (Higham, Accuracy and Stability of Numerical Algorithms, 3.5); eps covers bias, addend and the
// final rounding.
double tolerance_of(std::int64_t k) { return (static_cast<double>(k) / 2 + 4) * kEpsilon; }

void check_matmul(const Shape& x, const Shape& y, bool tx, bool ty, bool constant = false) {
  Attributes attributes{{"transpose_x", tx}, {"transpose_y", ty}};
  if (constant) attributes.set("constant_weights", true);
  test::check_against_reference("matmul", attributes, {test::uniform_float32(x, 1), test::uniform_float32(y, 2)},
                                tolerance_of(x[tx ? -2 : -1]));
}

Shape maybe_swapped(Shape shape, bool swap) {
  if (swap) std::swap(shape[-1], shape[-2]);
  return shape;
}

BOOST_AUTO_TEST_SUITE(framework_backends_onednn_matmul)

// Sizes about the vector widths 8 and 16, and with one row, one column and one inner element.
BOOST_AUTO_TEST_CASE(equals_the_reference_for_every_shape_and_transposition) {
  for (std::int64_t m : {1, 2, 5, 16, 33}) {
    for (std::int64_t k : {1, 3, 16, 70}) {
      for (std::int64_t n : {1, 2, 10, 16, 17, 48, 65}) {
        for (int flags = 0; flags < 8; ++flags) {
          const bool tx = flags & 1;
          const bool ty = flags & 2;
          check_matmul(maybe_swapped({m, k}, tx), maybe_swapped({k, n}, ty), tx, ty, flags & 4);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(equals_the_reference_for_large_products) {
  for (int flags = 0; flags < 8; ++flags) {
    const bool tx = flags & 1;
    const bool ty = flags & 2;
    check_matmul(maybe_swapped({128, 300}, tx), maybe_swapped({300, 257}, ty), tx, ty, flags & 4);
    check_matmul(maybe_swapped({1, 3136}, tx), maybe_swapped({3136, 130}, ty), tx, ty, flags & 4);
  }
}

BOOST_AUTO_TEST_CASE(batch_axes_broadcast) {
  for (int flags = 0; flags < 4; ++flags) {
    const bool tx = flags & 1;
    const bool ty = flags & 2;
    const auto check = [&](Shape x, Shape y) { check_matmul(maybe_swapped(x, tx), maybe_swapped(y, ty), tx, ty); };
    check({4, 5, 7}, {4, 7, 3});
    check({4, 5, 7}, {7, 3});
    check({5, 7}, {4, 7, 3});
    check({2, 1, 5, 7}, {3, 7, 20});
    check({2, 3, 5, 7}, {2, 3, 7, 20});
    check({2, 3, 1, 7}, {2, 1, 7, 20});
    check({1, 5, 7}, {1, 7, 3});
    check({6, 64, 32}, {6, 32, 64});
  }
}

BOOST_AUTO_TEST_CASE(fused_bias_addend_and_activation_equal_the_reference) {
  // Activations are Lipschitz with constants up to 1.13 (gelu, silu); oneDNN's approximations are within some eps of
  // the value.
  for (const char* activation : {"", "relu", "relu6", "sigmoid", "tanh", "gelu", "gelu_tanh", "elu", "silu", "softplus",
                                 "hard_sigmoid", "hard_silu"}) {
    for (int flags = 0; flags < 8; ++flags) {
      const bool bias = flags & 1;
      const bool addend = flags & 2;
      for (const Shape& x : {Shape{1, 40}, Shape{6, 40}, Shape{3, 4, 40}, Shape{64, 40}}) {
        Attributes attributes{{"transpose_x", false},
                              {"transpose_y", false},
                              {"bias", bias},
                              {"addend", addend},
                              {"activation", activation}};
        if (flags & 4) attributes.set("constant_weights", true);
        Shape out = x;
        out[-1] = 35;
        Tensors inputs{test::uniform_float32(x, 1), test::uniform_float32({40, 35}, 2)};
        if (bias) inputs.push_back(test::uniform_float32({35}, 3));
        if (addend) inputs.push_back(test::uniform_float32(out, 4, -8, 8));
        test::check_against_reference("fused_matmul", attributes, inputs, 1.13 * tolerance_of(40) + 8 * kEpsilon);
      }
    }
  }
}

// Fewer columns than a vector has lanes, as of a classifier's last layer.
BOOST_AUTO_TEST_CASE(few_columns) {
  for (const std::int64_t columns : {1, 2, 3, 7, 10, 15, 16}) {
    for (const std::int64_t rows : {1, 3, 17}) {
      for (const bool transpose_x : {false, true}) {
        const Attributes attributes{{"transpose_x", transpose_x},
                                    {"transpose_y", false},
                                    {"bias", true},
                                    {"addend", false},
                                    {"activation", "sigmoid"}};
        const Shape x = transpose_x ? Shape{20, rows} : Shape{rows, 20};
        const Tensors inputs{test::uniform_float32(x, 1), test::uniform_float32({20, columns}, 2),
                             test::uniform_float32({columns}, 3)};
        test::check_against_reference("fused_matmul", attributes, inputs, tolerance_of(20) + 8 * kEpsilon);
      }
    }
  }
}

// A network that has diverged must not look healthy: oneDNN's own relu makes 0 of NaN.
BOOST_AUTO_TEST_CASE(activations_do_not_hide_nan) {
  for (const char* activation : {"relu", "relu6", "sigmoid", "tanh", "gelu", "gelu_tanh", "elu", "silu", "softplus",
                                 "hard_sigmoid", "hard_silu"}) {
    for (std::int64_t rows : {1, 64}) {
      const Attributes attributes{{"transpose_x", false},
                                  {"transpose_y", false},
                                  {"bias", true},
                                  {"addend", false},
                                  {"activation", activation}};
      Tensor bias = test::uniform_float32({32}, 3);
      bias.mutable_data<float>()[5] = std::numeric_limits<float>::quiet_NaN();
      const Tensors inputs{test::uniform_float32({rows, 8}, 1), test::uniform_float32({8, 32}, 2), bias};
      const Tensor y = test::run_kernel(Backend::kCpu, "fused_matmul", attributes, inputs)[0];
      BOOST_TEST(!std::isfinite(y.data<float>()[5]), activation << " of NaN gave " << y.data<float>()[5]);
      BOOST_TEST(std::isfinite(y.data<float>()[6]));
    }
  }
}

BOOST_AUTO_TEST_CASE(threads_share_a_kernel) {
  const Tensor x = test::uniform_float32({20, 64}, 1);
  const Tensor y = test::uniform_float32({64, 48}, 2);
  const Attributes attributes{{"transpose_x", false}, {"transpose_y", false}};
  const TensorSpecs inputs{x.spec(), y.spec()};
  const TensorSpecs outputs{{{20, 48}, float32}};
  const auto kernel = compile_kernel_of(Backend::kCpu, {"matmul", attributes, inputs, outputs});
  const Tensor expected = test::run_kernel(Backend::kCpu, "matmul", attributes, {x, y})[0];
  std::vector<Tensor> results(8);
  std::vector<std::thread> threads;
  for (Tensor& result : results) {
    result = Tensor::empty({20, 48});
    threads.emplace_back([&] {
      const Storage scratch = allocate_storage(kernel->scratch_bytes());
      const void* sources[] = {x.raw(), y.raw()};
      void* target = result.raw();
      for (int i = 0; i < 50; ++i) kernel->run({sources, &target, scratch.get()});
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Tensor& result : results) test::check_close(result, expected, 0, 0);
}

// Both products want the weights packed in one layout, but not the same weights.
BOOST_AUTO_TEST_CASE(a_square_matrix_and_its_transpose_are_packed_apart) {
  for (const std::int64_t size : {4, 16, 64}) {
    const Tensor x = test::uniform_float32({8, size}, 1);
    const Variable weights(test::uniform_float32({size, size}, 2));
    const auto graph = std::make_shared<Graph>();
    Tensors feeds;
    Tensors products;
    {
      const GraphScope scope(graph);
      feeds = {graph->placeholder(x.spec())};
      products = {ops::matmul(feeds[0], weights), ops::matmul(feeds[0], weights, {.transpose_y = true})};
    }
    const Tensors got = Program::compile(graph, feeds, products)->run({x});
    test::check_close(got[0], ops::matmul(x, weights), tolerance_of(size),
                      tolerance_of(size) * static_cast<double>(size));
    test::check_close(got[1], ops::matmul(x, ops::transpose(weights)), tolerance_of(size),
                      tolerance_of(size) * static_cast<double>(size));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
