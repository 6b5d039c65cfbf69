#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of Permute.
struct PermuteOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class PermuteLayer;

/// The axes of each example in another order.
///
/// **Inputs**: `(batch, ...)`, one axis for each entry of `dims`. **Output**: axis i is the input's axis `dims[i - 1]`.
/// **Throws** InvalidArgument unless `dims` are the numbers from 1 in some order. **See**: `keras.layers.Permute`.
class Permute : public Shared<PermuteLayer> {
 public:
  /// `dims`: axes of the input, counted from 1: `Permute({2, 1})` exchanges the two axes of a matrix.
  explicit Permute(const std::vector<std::int64_t>& dims, const PermuteOptions& options = {});
};

/// Body of Permute.
class PermuteLayer : public Layer {
 public:
  PermuteLayer(const std::vector<std::int64_t>& dims, const PermuteOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::vector<std::int64_t> dims_;
};

}  // namespace cornu::layers
