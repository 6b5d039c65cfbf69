#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <vector>

#include "layers/shared.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

namespace cornu::test {

// The numbers in the tests of this folder were computed by Keras 3.15.1 (TensorFlow backend, float32) for these values:
// inputs and states that repeat after a few elements, none like its neighbours, and weights of different periods.

/// Element i is ((i * step + 1) % period - period / 2) / scale.
inline Tensor pattern(const Shape& shape, std::int64_t step, std::int64_t period, float scale) {
  Tensor result = Tensor::empty(shape);
  std::int64_t i = 0;
  for (float& value : result.mutable_data<float>()) {
    const std::int64_t centred = (i++ * step + 1) % period - period / 2;
    value = static_cast<float>(centred) / scale;
  }
  return result;
}

inline Tensor keras_sequence() { return pattern({2, 4, 2}, 5, 13, 6.0F); }
inline Tensor keras_h() { return pattern({2, 3}, 3, 7, 5.0F); }
inline Tensor keras_c() { return pattern({2, 3}, 5, 9, 5.0F); }
inline Tensor keras_mask() { return Tensor::copy<bool>({false, true, false, true, true, true, true, false}, {2, 4}); }

/// Builds the layer for `keras_sequence` and gives its weights their values.
inline void fill_as_in_keras(const AnyLayer& layer) {
  layer->build_for({keras_sequence().shape()});
  Tensors values;
  for (const Variable& weight : layer->weights()) {
    values.push_back(pattern(weight.shape(), 7 + 2 * static_cast<std::int64_t>(values.size()), 11, 8.0F));
  }
  layer->set_weights(values);
}

/// Fails the running case unless the outputs have these elements, to float32 rounding of a few steps.
inline void check_outputs(const Outputs& actual, const std::vector<std::vector<float>>& expected) {
  BOOST_TEST_REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    check_close(actual[i], Tensor::copy(expected[i], actual[i].shape()), 2e-6, 2e-7);
  }
}

}  // namespace cornu::test
