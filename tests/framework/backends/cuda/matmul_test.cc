// Products on a card: the emulated one, whose cuBLASLt is plain loops, or this machine's.

#include "framework/backends/cuda/matmul.h"

#include <boost/test/unit_test.hpp>

#include "framework/backends/cuda/matmul_plan.h"
#include "framework/numerics.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/cublas_lt_emulation.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

Attributes transposed(bool x, bool y) { return {{"transpose_x", x}, {"transpose_y", y}}; }

Attributes fused(bool bias, bool addend, const std::string& activation) {
  Attributes attributes = transposed(false, false);
  attributes.set("bias", bias);
  attributes.set("addend", addend);
  attributes.set("activation", activation);
  return attributes;
}

std::optional<cuda::MatmulProblem> problem_of(const Shape& x, const Shape& y, const Shape& out,
                                              DType dtype = DType::kFloat32) {
  const TensorSpecs inputs{{x, dtype}, {y, dtype}};
  const TensorSpec output{out, dtype};
  const Attributes attributes = transposed(false, false);
  return cuda::matmul_problem({"matmul", attributes, inputs, {&output, 1}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_matmul)

BOOST_AUTO_TEST_CASE(products_equal_the_reference_in_every_transposition) {
  TestCard card;
  for (const bool tx : {false, true}) {
    for (const bool ty : {false, true}) {
      const Tensor x = uniform_float32(tx ? Shape{7, 5} : Shape{5, 7}, 1);
      const Tensor y = uniform_float32(ty ? Shape{3, 7} : Shape{7, 3}, 2);
      check_on_card(card, "matmul", transposed(tx, ty), {x, y}, 1e-6, 1e-6);
    }
  }
}

BOOST_AUTO_TEST_CASE(batches_and_shared_operands) {
  TestCard card;
  const Attributes plain = transposed(false, false);
  check_on_card(card, "matmul", plain, {uniform_float32({2, 3, 4, 5}, 1), uniform_float32({2, 3, 5, 6}, 2)}, 1e-6,
                1e-6);
  check_on_card(card, "matmul", plain, {uniform_float32({3, 4, 5}, 1), uniform_float32({5, 6}, 2)}, 1e-6, 1e-6);
  check_on_card(card, "matmul", plain, {uniform_float32({4, 5}, 1), uniform_float32({3, 5, 6}, 2)}, 1e-6, 1e-6);
  check_on_card(card, "matmul", transposed(true, true), {uniform_float32({3, 5, 4}, 1), uniform_float32({3, 6, 5}, 2)},
                1e-6, 1e-6);
}

BOOST_AUTO_TEST_CASE(bias_addend_and_relu_are_one_call) {
  TestCard card;
  const Tensor x = uniform_float32({6, 9}, 1);
  const Tensor y = uniform_float32({9, 4}, 2);
  const Tensor bias = uniform_float32({4}, 3);
  const Tensor addend = uniform_float32({6, 4}, 4);
  for (const char* activation : {"", "relu"}) {
    check_on_card(card, "fused_matmul", fused(true, false, activation), {x, y, bias}, 1e-6, 1e-6);
    check_on_card(card, "fused_matmul", fused(true, true, activation), {x, y, bias, addend}, 1e-6, 1e-6);
    check_on_card(card, "fused_matmul", fused(false, true, activation), {x, y, addend}, 1e-6, 1e-6);
  }
}

// The sum comes from the product where cuBLASLt has that, otherwise from a kernel of our own.
BOOST_AUTO_TEST_CASE(a_product_gives_the_sum_of_a_factor_as_well) {
  TestCard card;
  const Tensor x = uniform_float32({50, 6}, 1);
  const Tensor y = uniform_float32({50, 9}, 2);
  const TensorSpecs outputs{{{6, 9}, DType::kFloat32}, {{1, 9}, DType::kFloat32}};
  const TensorSpecs inputs{x.spec(), y.spec()};
  const Attributes attributes = transposed(true, false);
  const Tensor product = run_kernel(Backend::kReference, "matmul", attributes, {x, y})[0];
  const Tensor sum =
      run_kernel(Backend::kReference, "sum", {{"axes", std::vector<std::int64_t>{0}}, {"keepdims", true}}, {y})[0];
  for (const bool has_sums : {true, false}) {
    emulated_cublas_lt_sums = has_sums;
    const auto kernel = compile_kernel_of(Backend::kCuda, {"matmul_and_sum", attributes, inputs, outputs});
    BOOST_TEST_REQUIRE((kernel != nullptr));
    const Tensors results = run_on_card(card, *kernel, {x, y}, outputs);
    for (std::size_t i = 0; i < 54; ++i)
      BOOST_TEST(std::abs(results[0].data<float>()[i] - product.data<float>()[i]) <= 1e-5F);
    for (std::size_t i = 0; i < 9; ++i)
      BOOST_TEST(std::abs(results[1].data<float>()[i] - sum.data<float>()[i]) <= 1e-5F);
  }
  emulated_cublas_lt_sums = true;
}

BOOST_AUTO_TEST_CASE(the_dtype_is_that_of_the_operands) {
  TestCard card;
  for (const auto& [dtype, tolerance] :
       {std::pair{DType::kFloat64, 1e-14}, {DType::kFloat16, 2e-3}, {DType::kBFloat16, 1e-2}}) {
    const auto cast = [&, to = dtype](const Tensor& x) {
      const TensorSpec spec{x.shape(), to};
      return run_eagerly("cast", {{"dtype", to}}, {x}, {&spec, 1})[0];
    };
    const Tensor x = cast(uniform_float32({5, 7}, 1));
    const Tensor y = cast(uniform_float32({7, 3}, 2));
    const TensorSpec spec{{5, 3}, dtype};
    const TensorSpecs inputs{x.spec(), y.spec()};
    const Attributes attributes = transposed(false, false);
    const auto kernel = compile_kernel_of(Backend::kCuda, {"matmul", attributes, inputs, {&spec, 1}});
    BOOST_TEST_REQUIRE((kernel != nullptr));
    const std::vector<double> values = run_on_card(card, *kernel, {x, y}, {spec})[0].to_vector<double>();
    const std::vector<double> wanted = run_eagerly("matmul", attributes, {x, y}, {&spec, 1})[0].to_vector<double>();
    for (std::size_t i = 0; i < values.size(); ++i) BOOST_TEST(std::abs(values[i] - wanted[i]) <= tolerance);
  }
}

BOOST_AUTO_TEST_CASE(a_problem_is_plain_data) {
  const auto problem = problem_of({64, 3136}, {3136, 128}, {64, 128});
  BOOST_TEST_REQUIRE((problem != std::nullopt));
  BOOST_TEST(problem->to_string() == "64x128x3136 float32");
  BOOST_TEST(problem_of({8, 4, 5}, {8, 5, 6}, {8, 4, 6})->to_string() == "8 of 4x6x5 float32");
  BOOST_TEST(problem_of({1, 4, 5}, {8, 5, 6}, {8, 4, 6})->x_is_shared);
}

// Without a card cuBLASLt has no heuristics, but it checks what it is told of a product.
BOOST_AUTO_TEST_CASE(the_real_library_takes_the_descriptions) {
  if (!cuda::cublas_lt()) {
    BOOST_TEST_MESSAGE("skipped: " << cuda::cublas_lt().reason());
    return;
  }
  const EmulatedCard emulated;
  cuda::Libraries libraries = emulated_libraries();
  const cuda::CublasLt played = libraries.cublas_lt;
  libraries.cublas_lt = *cuda::cublas_lt();
  libraries.cublas_lt.create = played.create;
  libraries.cublas_lt.matmul_algo_get_heuristic = [](auto...) { return CUBLAS_STATUS_NOT_SUPPORTED; };
  cuda::Card card(libraries, 0);
  for (const DType dtype : {DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16}) {
    for (int form = 0; form < 64; ++form) {
      const cuda::MatmulProblem problem{.m = 64,
                                        .n = 128,
                                        .k = 3136,
                                        .batch = (form & 1) != 0 ? 8 : 1,
                                        .y_is_shared = (form & 1) != 0,
                                        .transpose_x = (form & 2) != 0,
                                        .transpose_y = (form & 4) != 0,
                                        .dtype = dtype,
                                        .has_bias = (form & 8) != 0,
                                        .relu = (form & 16) != 0,
                                        .sums_y = (form & 32) != 0,
                                        .tf32 = (form & 2) != 0 && dtype == DType::kFloat32};
      BOOST_TEST(!cuda::MatmulPlan::is_possible(card, problem), problem.to_string());
    }
  }
}

BOOST_AUTO_TEST_CASE(what_cublas_does_not_compute_is_left_to_others) {
  BOOST_TEST((problem_of({4, 5}, {5, 6}, {4, 6}, DType::kInt32) == std::nullopt));
  BOOST_TEST((problem_of({0, 5}, {5, 6}, {0, 6}) == std::nullopt));
  BOOST_TEST((problem_of({2, 1, 4, 5}, {1, 3, 5, 6}, {2, 3, 4, 6}) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(tf32_is_a_switch) {
  BOOST_TEST(!problem_of({4, 5}, {5, 6}, {4, 6})->tf32);
  set_float32_precision("tf32");
  BOOST_TEST(problem_of({4, 5}, {5, 6}, {4, 6})->tf32);
  BOOST_TEST(!problem_of({4, 5}, {5, 6}, {4, 6}, DType::kFloat64)->tf32);
  set_float32_precision("fast");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
