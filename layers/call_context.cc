#include "layers/call_context.h"

#include "framework/error.h"
#include "layers/layer.h"

namespace cornu {
namespace {

template <typename T> const T* argument(const std::map<std::string, CallArgument>& arguments, const std::string& name) {
  const auto it = arguments.find(name);
  return it == arguments.end() ? nullptr : std::get_if<T>(&it->second);
}

}  // namespace

const Tensor& Outputs::single() const {
  if (tensors_.size() != 1) {
    throw InvalidArgument("expected a layer with one output; this one has " + std::to_string(tensors_.size()) +
                          ". Take one by its index: outputs[0]");
  }
  return tensors_[0];
}

Shapes Inputs::shapes() const {
  Shapes shapes;
  for (const Tensor& tensor : tensors_) shapes.push_back(tensor.shape());
  return shapes;
}

bool CallContext::flag(const std::string& name, bool otherwise) const {
  const bool* value = argument<bool>(arguments_, name);
  return value ? *value : otherwise;
}

Tensor CallContext::tensor(const std::string& name) const {
  const Tensor* value = argument<Tensor>(arguments_, name);
  return value ? *value : Tensor();
}

Tensors CallContext::tensors(const std::string& name) const {
  if (const Tensors* values = argument<Tensors>(arguments_, name)) return *values;
  if (const Tensor* value = argument<Tensor>(arguments_, name)) return {*value};
  return {};
}

Tensor CallContext::random_state() const { return layer_.next_random_state(); }

}  // namespace cornu
