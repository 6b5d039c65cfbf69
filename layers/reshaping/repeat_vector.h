#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of RepeatVector.
struct RepeatVectorOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class RepeatVectorLayer;

/// Each example n times in a row, as a sequence.
///
/// **Inputs**: `(batch, features)`. **Output**: `(batch, n, features)`. **Throws** InvalidArgument for n below 1.
/// **See**: `keras.layers.RepeatVector`.
class RepeatVector : public Shared<RepeatVectorLayer> {
 public:
  explicit RepeatVector(std::int64_t n, const RepeatVectorOptions& options = {});
};

/// Body of RepeatVector.
class RepeatVectorLayer : public Layer {
 public:
  RepeatVectorLayer(std::int64_t n, const RepeatVectorOptions& options);
  Config config() const override;

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::int64_t n_;
};

}  // namespace cornu::layers
