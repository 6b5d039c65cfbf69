#pragma once

#include <optional>
#include <string>

#include "models/v1/tensor.h"

namespace cornu::v1 {

/// Random tensors, new ones in each run. Without a seed here or of the graph, sessions differ; with a seed here,
/// operations of the same seed give the same numbers. The bits are cornu's own.
/// **See**: functions of the same names in `tf.compat.v1`.
Tensor random_normal(const Shape& shape, double mean = 0.0, double stddev = 1.0, DType dtype = float32,
                     std::optional<std::int64_t> seed = {}, const std::string& name = {});
Tensor truncated_normal(const Shape& shape, double mean = 0.0, double stddev = 1.0, DType dtype = float32,
                        std::optional<std::int64_t> seed = {}, const std::string& name = {});
/// In [minval, maxval).
Tensor random_uniform(const Shape& shape, double minval = 0.0, double maxval = 1.0, DType dtype = float32,
                      std::optional<std::int64_t> seed = {}, const std::string& name = {});

/// What `nn::dropout` does with a rate between 0 and 1.
Tensor random_dropout(const Tensor& x, double rate, std::optional<std::int64_t> seed, const std::string& name);

}  // namespace cornu::v1
