#include "tests/support/gradient_check.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

#include "framework/autodiff/gradient_tape.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/reduce.h"

namespace cornu::test {
namespace {

constexpr double kStep = 1e-5;

// sum over outputs of sum(output * fixed random weights)
Tensor weighted_sum(const Tensors& outputs) {
  Tensor total = Tensor::copy({0.0}, {});
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].dtype() != float64) continue;
    total = total + ops::sum(outputs[i] * uniform(outputs[i].shape(), 77 + i, 0.5, 1.5));
  }
  return total;
}

}  // namespace

Tensor uniform(const Shape& shape, std::uint64_t seed, double low, double high) {
  std::mt19937_64 engine(seed);
  Tensor result = Tensor::empty(shape, float64);
  for (double& value : result.mutable_data<double>()) {
    value = low + (high - low) * static_cast<double>(engine() >> 11) * 0x1p-53;
  }
  return result;
}

void check_gradients(const std::function<Tensors(const Tensors& inputs)>& function, const Tensors& inputs,
                     double tolerance) {
  Tensors computed;
  {
    const GradientTape tape;
    computed = tape.gradient(weighted_sum(function(inputs)), inputs);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].dtype() != float64) continue;
    const Tensor gradient = computed[i].defined() ? computed[i] : ops::zeros_like(inputs[i]);
    BOOST_TEST_REQUIRE(gradient.shape().to_string() == inputs[i].shape().to_string());
    const auto actual = gradient.data<double>();
    std::vector<double> expected(actual.size());
    double largest = 1.0;
    for (std::size_t k = 0; k < expected.size(); ++k) {
      const auto value_at = [&](double offset) {
        Tensors moved = inputs;
        moved[i] = inputs[i].clone();
        moved[i].mutable_data<double>()[k] += offset;
        return weighted_sum(function(moved)).item();
      };
      expected[k] = (value_at(kStep) - value_at(-kStep)) / (2 * kStep);
      largest = std::max(largest, std::abs(expected[k]));
    }
    for (std::size_t k = 0; k < expected.size(); ++k) {
      BOOST_TEST(std::abs(actual[k] - expected[k]) <= tolerance * largest,
                 "gradient of input " << i << " " << inputs[i].shape().to_string() << " at element " << k
                                      << ": expected " << expected[k] << " (finite differences); got " << actual[k]);
    }
  }
}

void check_second_gradients(const std::function<Tensors(const Tensors& inputs)>& function, const Tensors& inputs,
                            double tolerance) {
  const auto gradient_function = [&](const Tensors& at) {
    const GradientTape tape;
    Tensors result = tape.gradient(weighted_sum(function(at)), at);
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (!result[i].defined()) result[i] = ops::zeros_like(at[i]);
    }
    return result;
  };
  check_gradients(gradient_function, inputs, tolerance);
}

void check_close(const Tensor& actual, const Tensor& expected, double rtol, double atol) {
  BOOST_TEST_REQUIRE(actual.spec().to_string() == expected.spec().to_string());
  const std::vector<double> a = actual.to_vector<double>();
  const std::vector<double> b = expected.to_vector<double>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool close =
        (std::isnan(a[i]) && std::isnan(b[i])) || a[i] == b[i] || std::abs(a[i] - b[i]) <= atol + rtol * std::abs(b[i]);
    BOOST_TEST(close,
               "element " << i << " of " << expected.shape().to_string() << ": expected " << b[i] << "; got " << a[i]);
    if (!close) return;
  }
}

}  // namespace cornu::test
