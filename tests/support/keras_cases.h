#pragma once

#include <string>

namespace cornu::test {

/// Checks every case of a file of `tests/golden/layers`: the layer made from Keras' configuration has this
/// configuration, the same number and shapes of weights, and with Keras' weights gives Keras' outputs and changes the
/// weights in training as Keras does. Within 1e-5 + 1e-5 |wanted|: float32 sums of up to 36 numbers below 16.
void check_keras_cases(const std::string& path);

}  // namespace cornu::test
