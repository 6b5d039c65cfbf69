#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "framework/tensor.h"

namespace cornu {

/// What a call of a layer returns: one tensor in most cases, several from some.
///
/// One output converts to Tensor by itself: `Tensor y = dense(x)`; several are taken by index: `outputs[1]`.
class Outputs {
 public:
  Outputs(Tensor tensor) : tensors_{std::move(tensor)} {}
  Outputs(Tensors tensors) : tensors_(std::move(tensors)) {}

  /// **Throws** InvalidArgument unless there is exactly one output.
  operator Tensor() const { return single(); }
  const Tensor& single() const;

  const Tensors& tensors() const { return tensors_; }
  std::size_t size() const { return tensors_.size(); }
  const Tensor& operator[](std::size_t i) const { return tensors_.at(i); }
  auto begin() const { return tensors_.begin(); }
  auto end() const { return tensors_.end(); }

  const Shape& shape() const { return single().shape(); }
  DType dtype() const { return single().dtype(); }
  template <typename T> std::span<const T> data() const { return single().data<T>(); }

 private:
  Tensors tensors_;
};

/// What a call of a layer is given: one tensor or several.
class Inputs {
 public:
  Inputs(Tensor tensor) : tensors_{std::move(tensor)} {}
  Inputs(Tensors tensors) : tensors_(std::move(tensors)), is_list_(true) {}
  Inputs(std::initializer_list<Tensor> tensors) : tensors_(tensors), is_list_(true) {}
  Inputs(const Outputs& outputs) : tensors_(outputs.tensors()), is_list_(outputs.size() != 1) {}

  const Tensors& tensors() const { return tensors_; }
  std::size_t size() const { return tensors_.size(); }
  const Tensor& operator[](std::size_t i) const { return tensors_.at(i); }
  auto begin() const { return tensors_.begin(); }
  auto end() const { return tensors_.end(); }
  /// True when they were given as a list, even as a list of one.
  bool is_list() const { return is_list_; }
  Shapes shapes() const;

 private:
  Tensors tensors_;
  bool is_list_ = false;
};

/// One argument of a call by keyword, as in Keras: a tensor, several, or a plain value.
using CallArgument = std::variant<bool, std::int64_t, double, std::string, Tensor, Tensors>;

/// What a call may say besides its inputs: `lstm(x, {.training = true, .arguments = {{"initial_state", states}}})`.
struct CallOptions {
  /// Training or inference; what surrounds the call by default, and inference outermost.
  std::optional<bool> training = {};
  /// A mask for each input, replacing what travels with the tensors.
  Tensors mask = {};
  /// Further arguments of that layer by Keras' keyword: "initial_state", "attention_mask", "use_causal_mask", ...
  std::map<std::string, CallArgument> arguments = {};
};

class Layer;

/// What `Layer::call` knows about the call: whether it trains, the masks, and further arguments.
class CallContext {
 public:
  CallContext(Layer& layer, bool training, Tensors masks, const std::map<std::string, CallArgument>& arguments)
      : layer_(layer), training_(training), masks_(std::move(masks)), arguments_(arguments) {}

  bool training() const { return training_; }

  /// The mask of an input: bool, or undefined where there is none.
  Tensor mask(std::size_t input = 0) const { return input < masks_.size() ? masks_[input] : Tensor(); }
  const Tensors& masks() const { return masks_; }

  /// An argument by keyword, or what to use where it was not given.
  bool flag(const std::string& name, bool otherwise = false) const;
  Tensor tensor(const std::string& name) const;
  Tensors tensors(const std::string& name) const;
  bool has(const std::string& name) const { return arguments_.contains(name); }

  /// A fresh random state for an operation such as dropout, from the seed generator of the layer being called.
  Tensor random_state() const;

 private:
  Layer& layer_;
  bool training_;
  Tensors masks_;
  const std::map<std::string, CallArgument>& arguments_;
};

namespace ops {

/// Dropout in `Layer::call`: while training, random numbers from the seed generator of the layer being called; else `x`
/// itself.
Tensor dropout(const Tensor& x, double rate, const CallContext& context);

}  // namespace ops

}  // namespace cornu
