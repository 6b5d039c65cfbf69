#pragma once

#include <functional>
#include <optional>

#include "framework/initializers/initializer.h"
#include "models/v1/tensor.h"

namespace cornu::v1 {

/// How a variable gets its first value in a session: by a rule for any shape, from values, from a tensor of the graph,
/// or from a function without parameters that makes one.
///
/// Defaults are TensorFlow 1's: `random_normal_initializer` has a standard deviation of 1, where Keras' RandomNormal
/// has 0.05. **See**: `tf.compat.v1.initializers`.
class Initializer {
 public:
  using Rule = std::function<Tensor(const Shape& shape, DType dtype)>;

  /// Values, which fix shape and dtype.
  Initializer(const cornu::Tensor& value) : given_(value) {}
  Initializer(const Tensor& value) : given_(value) {}
  Initializer(double value) : given_(Tensor(value)) {}
  /// A function without parameters, which fixes both too.
  Initializer(std::function<Tensor()> function) : function_(std::move(function)) {}
  /// A rule; `is_floating_only` for one that makes fractions.
  Initializer(Rule rule, bool is_floating_only) : rule_(std::move(rule)), is_floating_only_(is_floating_only) {}
  /// Keras' initializer as operations of the graph.
  static Initializer from_keras(const cornu::Initializer& initializer);

  bool is_rule() const { return static_cast<bool>(rule_); }
  bool is_function() const { return static_cast<bool>(function_); }
  bool is_floating_only() const { return is_floating_only_; }
  const Tensor& given() const { return given_; }
  Tensor make(const Shape& shape, DType dtype) const { return rule_(shape, dtype); }
  Tensor call() const { return function_(); }

 private:
  Tensor given_;
  std::function<Tensor()> function_;
  Rule rule_;
  bool is_floating_only_ = false;
};

Initializer zeros_initializer();
Initializer ones_initializer();
Initializer constant_initializer(const cornu::Tensor& value);
Initializer random_normal_initializer(double mean = 0.0, double stddev = 1.0, std::optional<std::int64_t> seed = {});
Initializer truncated_normal_initializer(double mean = 0.0, double stddev = 1.0, std::optional<std::int64_t> seed = {});
Initializer random_uniform_initializer(double minval = 0.0, double maxval = 1.0, std::optional<std::int64_t> seed = {});
/// Uniform in ±sqrt(6 / (fan_in + fan_out)). **See**: Glorot and Bengio (2010).
Initializer glorot_uniform_initializer(std::optional<std::int64_t> seed = {});
Initializer glorot_normal_initializer(std::optional<std::int64_t> seed = {});

}  // namespace cornu::v1
