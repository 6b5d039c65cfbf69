#pragma once

#include <optional>

#include <cornu/cornu.h>

namespace trace {

/// Seed 002's layer: weights and biases made in build(), a product and a sum.
class SharedLinearLayerBody : public cornu::Layer {
 public:
  SharedLinearLayerBody(std::int64_t units, std::optional<cornu::Initializer> weights, const std::string& name)
      : Layer(name),
        units_(units),
        initializer_(weights.value_or(cornu::initializers::RandomNormal({.stddev = 1.0}))) {}
  std::string class_name() const override { return "SharedLinearLayer"; }

 protected:
  void build(const cornu::Shapes& inputs) override {
    weights_ = add_weight("weights", {inputs[0].back(), units_}, {.initializer = initializer_});
    biases_ = add_weight("biases", {units_}, {.initializer = "zeros"});
  }
  cornu::Outputs call(const cornu::Inputs& x, const cornu::CallContext&) override {
    return cornu::ops::matmul(x[0], weights_) + biases_;
  }

 private:
  std::int64_t units_;
  cornu::Initializer initializer_;
  cornu::Variable weights_;
  cornu::Variable biases_;
};
using SharedLinearLayer = cornu::Shared<SharedLinearLayerBody>;

/// Seed 001's layer: holds a Dense.
class SharedDenseLayerBody : public cornu::Layer {
 public:
  SharedDenseLayerBody(std::int64_t units, std::optional<cornu::Initializer> kernel, const std::string& name)
      : Layer(name), dense_layer(units, {.kernel_initializer = kernel.value_or("glorot_uniform")}) {}
  std::string class_name() const override { return "SharedDenseLayer"; }
  cornu::layers::Dense dense_layer;

 protected:
  cornu::Outputs call(const cornu::Inputs& x, const cornu::CallContext&) override { return dense_layer(x); }
};
using SharedDenseLayer = cornu::Shared<SharedDenseLayerBody>;

}  // namespace trace
