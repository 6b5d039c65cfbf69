#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "framework/error.h"
#include "models/v1/graph_body.h"
#include "models/v1/tensor.h"

namespace cornu::v1 {

/// The dtypes that an operation takes.
enum class Accepts { kAnything, kNumbers, kFractions, kBooleans };

/// How TensorFlow makes a kind of operation.
struct OperationForm {
  const char* type;
  const char* default_name;
  /// Names of the inputs: a literal becomes a constant of that name inside of the operation's name, or, behind "^",
  /// beside it.
  std::vector<std::string> parameters = {};
  bool same_dtypes = false;  ///< whether the inputs must have one dtype: all, or those in `same_from` .. `same_until`
  bool is_differentiable = true;
  Accepts accepts = Accepts::kAnything;  ///< as its first input
  std::size_t same_from = 0;
  std::size_t same_until = std::string::npos;
  /// Of the outputs, where `compute` cannot tell for inputs of unknown size.
  std::optional<TensorSpecs> outputs = {};
};

/// Makes an operation in the graph of its inputs. In a ScopedLayer, and in models that are being traced, computes.
/// **Throws** ValueError for shapes and TypeError for dtypes that do not fit.
Tensors make_operation(const OperationForm& form, const std::string& name, const Tensors& inputs,
                       const Compute& compute);
inline Tensor make_single(const OperationForm& form, const std::string& name, const Tensors& inputs,
                          const std::function<cornu::Tensor(const cornu::Tensors&)>& compute) {
  return make_operation(form, name, inputs,
                        [compute](const cornu::Tensors& x) { return cornu::Tensors{compute(x)}; })[0];
}

/// Tensors as the framework takes them.
cornu::Tensors plain(const Tensors& tensors);

/// Specs of what `compute` makes of inputs of these specs, whose shapes may be unknown.
TensorSpecs infer_specs(const TensorSpecs& inputs, const Compute& compute);

/// Runs `build`; what the framework throws becomes the error that TensorFlow would raise.
template <typename Build> auto with_v1_errors(const Build& build);

/// Throws the exception being handled as TensorFlow's class for it.
[[noreturn]] void rethrow_as_v1_error();

template <typename Build> auto with_v1_errors(const Build& build) {
  try {
    return build();
  } catch (const Error&) {
    rethrow_as_v1_error();
  }
}

}  // namespace cornu::v1
