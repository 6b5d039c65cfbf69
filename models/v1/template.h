#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "models/v1/variable_scope.h"

namespace cornu::v1 {

struct TemplateOptions {
  bool create_scope_now = false;  ///< take the variable scope here rather than at the first call
  std::string unique_name = {};   ///< the scope's name, which is then not made unique
};

/// A function that makes its variables at its first call and shares them at all later ones, wherever it is called.
///
/// A later call that makes a trainable variable is a ValueError. **See**: `tf.compat.v1.make_template`.
class Template {
 public:
  using Function = std::function<Tensors(const Tensors&)>;
  Template(const std::string& name, Function function, const TemplateOptions& options = {});

  Tensors operator()(const Tensors& arguments) const { return call(arguments); }
  Tensor operator()(const Tensor& argument) const { return call({argument})[0]; }
  /// Calls a function with other arguments than tensors in the template's scope.
  void call_in_scope(const std::function<void()>& body) const;

 private:
  struct State;
  Tensors call(const Tensors& arguments) const;
  std::shared_ptr<State> state_;
};

Template make_template(const std::string& name, std::function<Tensor(const Tensor&)> function,
                       const TemplateOptions& options = {});

}  // namespace cornu::v1
