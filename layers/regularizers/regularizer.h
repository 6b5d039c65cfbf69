#pragma once

#include <memory>
#include <string>

#include "framework/config.h"
#include "framework/tensor.h"

namespace cornu {

/// A penalty on a weight or an output, added to the loss: "l2", or `regularizers::L2({.l2 = 1e-4})`; none by default.
///
/// **See**: `keras.regularizers`.
class Regularizer {
 public:
  /// What a kind of regularizer implements.
  class Body {
   public:
    virtual ~Body() = default;
    virtual std::string class_name() const = 0;
    virtual Config config() const = 0;
    /// The penalty, a scalar.
    virtual Tensor call(const Tensor& x) const = 0;
  };

  Regularizer() = default;
  Regularizer(const char* name) : Regularizer(std::string(name)) {}
  Regularizer(const std::string& name);
  explicit Regularizer(std::shared_ptr<const Body> body) : body_(std::move(body)) {}
  static Regularizer from_config(const Config& config);

  bool defined() const { return body_ != nullptr; }
  Tensor operator()(const Tensor& x) const { return body_->call(x); }
  /// As Keras serializes it; null when there is none.
  Config serialized() const;

 private:
  std::shared_ptr<const Body> body_;
};

using RegularizerFactory = Regularizer (*)(const Config& config);
bool register_regularizer(const std::string& class_name, RegularizerFactory factory);

}  // namespace cornu
