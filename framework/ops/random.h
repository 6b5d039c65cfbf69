#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/tensor.h"
#include "framework/variable.h"

namespace cornu {

/// Hands out random states: a seed, and a number that grows with each draw.
///
/// A **state** is an int64 tensor of shape (2,): (seed, draw). The functions below are pure functions of it: the same
/// state gives the same numbers, whatever the number of threads. In a traced graph each run of the graph draws anew.
///
/// ```cpp
/// SeedGenerator seeds(1337);
/// Tensor noise = ops::random_normal({32, 10}, seeds.next());
/// ```
/// **See**: `keras.random.SeedGenerator`.
class SeedGenerator {
 public:
  explicit SeedGenerator(std::int64_t seed);

  /// A state that was not handed out before.
  Tensor next() const;

  const Variable& state() const { return state_; }

 private:
  Variable state_;
};

namespace ops {

/// Random numbers. Shapes may have unknown dimensions in the `_like` forms only, which take the shape (and dtype) of a
/// tensor.
/// **Throws** ShapeError or DTypeError for a state that is not int64 of shape (2,).
/// **See**: functions of the same name, without `random_`, in `keras.random`.

/// Uniform in [low, high). float32 or float64.
Tensor random_uniform(const Shape& shape, const Tensor& state, double low = 0.0, double high = 1.0,
                      DType dtype = float32);
Tensor random_uniform_like(const Tensor& like, const Tensor& state, double low = 0.0, double high = 1.0);

/// Normally distributed, by Box and Muller's transformation (1958).
Tensor random_normal(const Shape& shape, const Tensor& state, double mean = 0.0, double stddev = 1.0,
                     DType dtype = float32);
Tensor random_normal_like(const Tensor& like, const Tensor& state, double mean = 0.0, double stddev = 1.0);

/// Normally distributed within two standard deviations of the mean, as if others were drawn again.
Tensor truncated_normal(const Shape& shape, const Tensor& state, double mean = 0.0, double stddev = 1.0,
                        DType dtype = float32);

/// int32 in [low, high). **Throws** InvalidArgument unless low < high. **See**: `keras.random.randint`.
Tensor random_integers(const Shape& shape, const Tensor& state, std::int64_t low, std::int64_t high);

/// True with the given probability. **Throws** InvalidArgument outside of [0, 1].
Tensor random_bernoulli(const Shape& shape, const Tensor& state, double probability);

/// The numbers 0 to count - 1 in random order, int32: `take(x, random_permutation(n, state))` shuffles x.
Tensor random_permutation(std::int64_t count, const Tensor& state);

/// For each row of `logits` `(batch, classes)` the numbers of `num_samples` classes, drawn with the probabilities
/// `softmax(logits)`: int32 `(batch, num_samples)`. By the Gumbel-max trick. **See**: `keras.random.categorical`.
Tensor random_categorical(const Tensor& logits, std::int64_t num_samples, const Tensor& state);

/// Zero with probability `rate`, else `x / (1 - rate)`: the expectation stays.
///
/// `noise_shape` says along which axes elements share their fate: one entry for each axis, 1 where they do, and the
/// size of the axis or `kUnknown` where they do not. By default none do. The gradient uses the same state, so that
/// nothing needs to be kept for it.
/// **Throws** InvalidArgument unless 0 <= rate <= 1; ShapeError for a noise shape that does not fit.
/// **See**: Srivastava et al. (2014), `keras.random.dropout`.
Tensor dropout(const Tensor& x, double rate, const Tensor& state, const std::vector<std::int64_t>& noise_shape = {});

}  // namespace ops
}  // namespace cornu
