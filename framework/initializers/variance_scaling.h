#pragma once

#include <vector>

#include "framework/initializers/initializer.h"

namespace cornu::initializers {

/// Options of VarianceScaling, in Keras' order.
struct VarianceScalingOptions {
  double scale = 1.0;                                         ///< positive
  std::string mode = "fan_in";                                ///< "fan_in", "fan_out" or "fan_avg"
  std::string distribution = "truncated_normal";              ///< or "untruncated_normal", "uniform"
  std::optional<std::int64_t> seed = {};                      ///< drawn from the thread's sequence where none is given
  std::optional<std::vector<std::int64_t>> input_axes = {};   ///< axes of the weight that count for fan in,
  std::optional<std::vector<std::int64_t>> output_axes = {};  ///< and for fan out; both or none
};

/// Random values whose spread follows from the shape of the weight: variance `scale / n`, where n is the number of
/// inputs of a unit ("fan_in"), of its outputs ("fan_out"), or their mean ("fan_avg").
///
/// Normal values are cut off at two standard deviations, and drawn wider so that the variance is right after that.
/// **Throws** InvalidArgument for options outside what is listed. **See**: `keras.initializers.VarianceScaling`.
class VarianceScaling : public Initializer {
 public:
  explicit VarianceScaling(const VarianceScalingOptions& options = {});
};

/// Options of the initializers below, in Keras' order.
struct FanOptions {
  std::optional<std::int64_t> seed = {};
  std::optional<std::vector<std::int64_t>> input_axes = {};
  std::optional<std::vector<std::int64_t>> output_axes = {};
};

/// Uniform in ±sqrt(6 / (fan_in + fan_out)); what most layers begin with. **See**: Glorot and Bengio, 2010;
/// `keras.initializers.GlorotUniform`.
class GlorotUniform : public Initializer {
 public:
  explicit GlorotUniform(const FanOptions& options = {});
};

/// Truncated normal with variance 2 / (fan_in + fan_out). **See**: `keras.initializers.GlorotNormal`.
class GlorotNormal : public Initializer {
 public:
  explicit GlorotNormal(const FanOptions& options = {});
};

/// Uniform in ±sqrt(3 / fan_in). **See**: LeCun et al., 1998; `keras.initializers.LecunUniform`.
class LecunUniform : public Initializer {
 public:
  explicit LecunUniform(const FanOptions& options = {});
};

/// Truncated normal with variance 1 / fan_in; suits selu. **See**: Klambauer et al., 2017;
/// `keras.initializers.LecunNormal`.
class LecunNormal : public Initializer {
 public:
  explicit LecunNormal(const FanOptions& options = {});
};

/// Uniform in ±sqrt(6 / fan_in); suits relu. **See**: He et al., 2015; `keras.initializers.HeUniform`.
class HeUniform : public Initializer {
 public:
  explicit HeUniform(const FanOptions& options = {});
};

/// Truncated normal with variance 2 / fan_in; suits relu. **See**: He et al., 2015; `keras.initializers.HeNormal`.
class HeNormal : public Initializer {
 public:
  explicit HeNormal(const FanOptions& options = {});
};

/// How many inputs and outputs a unit of a weight of that shape has: its last two axes, times the window before them.
struct Fans {
  std::int64_t in = 1;
  std::int64_t out = 1;
};
Fans fans_of(const Shape& shape);

}  // namespace cornu::initializers
