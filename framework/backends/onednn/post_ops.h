#pragma once

#include <dnnl.hpp>
#include <string>
#include <vector>

#include "framework/backends/onednn/primitive_kernel.h"
#include "framework/kernel.h"

namespace cornu::onednn {

/// What "fused_matmul" and "fused_conv" do after the product: `activation(product + bias + addend)`, by the attributes
/// "bias", "addend" (bools) and "activation" (a name, or empty). Bias and addend are the inputs after the two factors.
/// An attribute "addend_ends" says that nobody reads the addend afterwards. Of other operations: nothing.
struct Epilogue {
  bool has_bias = false;
  bool has_addend = false;
  std::string activation;
  bool writes_over_addend = false;  ///< the result takes the addend's memory

  std::size_t bias_input() const { return 2; }
  std::size_t addend_input() const { return has_bias ? 3 : 2; }
};
Epilogue epilogue_of(const KernelRequest& request);

/// Appends the addend and the activation to the attributes of a primitive whose result is laid out as `result`, and the
/// operands they need to its list. Returns false for an activation that oneDNN does not have. NaN never becomes a
/// number.
bool append_epilogue(const Epilogue& epilogue, const dnnl::memory::desc& result, dnnl::primitive_attr& attributes,
                     std::vector<Operand>& operands);

}  // namespace cornu::onednn
