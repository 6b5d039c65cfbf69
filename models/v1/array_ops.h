#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/v1/tensor.h"

namespace cornu::v1 {

/// Tensors and their shapes under TensorFlow's names. **See**: functions of the same names in `tf.compat.v1`.

/// A tensor to be fed. Without a shape nothing is known of it, not even its rank.
Tensor placeholder(DType dtype, const std::optional<Shape>& shape = {}, const std::string& name = {});
/// One that has a value while it is not fed.
Tensor placeholder_with_default(const Tensor& input, const Shape& shape, const std::string& name = {});

struct ConstantOptions {
  std::optional<DType> dtype = {};
  std::optional<Shape> shape = {};  ///< fewer values are filled up with the last one
  std::string name = {};
};
/// A value as part of the graph: numbers become float32, int32 or bool, arrays keep their dtype.
Tensor constant(const cornu::Tensor& value, const ConstantOptions& options = {});

Tensor identity(const Tensor& x, const std::string& name = {});
/// The same values, through which no gradient passes.
Tensor stop_gradient(const Tensor& x, const std::string& name = {});
/// One size may be -1: it follows from the others.
Tensor reshape(const Tensor& x, const Shape& shape, const std::string& name = {});
/// The axes in another order; reversed by default.
Tensor transpose(const Tensor& x, const std::vector<std::int64_t>& perm = {}, const std::string& name = {});
Tensor expand_dims(const Tensor& x, std::int64_t axis, const std::string& name = {});
Tensor squeeze(const Tensor& x, const std::vector<std::int64_t>& axis = {}, const std::string& name = {});
Tensor concat(const Tensors& values, std::int64_t axis, const std::string& name = {});
Tensor stack(const Tensors& values, std::int64_t axis = 0, const std::string& name = {});
/// In so many parts of one size.
Tensors split(const Tensor& x, std::int64_t num, std::int64_t axis = 0, const std::string& name = {});
Tensor slice(const Tensor& x, const std::vector<std::int64_t>& begin, const std::vector<std::int64_t>& size,
             const std::string& name = {});
/// Entries of the first axis.
Tensor gather(const Tensor& params, const Tensor& indices, const std::string& name = {});
Tensor one_hot(const Tensor& indices, std::int64_t depth, const std::string& name = {});

/// The shape, int32: a constant where it is known.
Tensor shape(const Tensor& x, const std::string& name = {});
Tensor zeros(const Shape& shape, DType dtype = float32, const std::string& name = {});
Tensor ones(const Shape& shape, DType dtype = float32, const std::string& name = {});
Tensor zeros_like(const Tensor& x, const std::string& name = {});
Tensor ones_like(const Tensor& x, const std::string& name = {});

}  // namespace cornu::v1
