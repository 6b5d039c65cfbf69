#pragma once

#include <cstdint>
#include <dnnl.hpp>
#include <string>

#include "framework/kernel.h"
#include "framework/shape.h"

namespace cornu::onednn {

// What the kernels of this folder share: oneDNN's engine and streams, descriptors of row-major memory, and the wording
// of its errors.

dnnl::engine& cpu_engine();

/// The calling thread's stream: oneDNN does not promise that threads may share one.
dnnl::stream& thread_stream();

/// Attributes of a primitive whose scratch memory is handed in at execution.
dnnl::primitive_attr user_scratchpad();

/// Row-major float32 memory of that shape; a scalar is described as one element.
dnnl::memory::desc row_major(const Shape& shape);

/// Memory with explicit strides, in elements.
dnnl::memory::desc strided(const dnnl::memory::dims& dims, const dnnl::memory::dims& strides,
                           DType dtype = DType::kFloat32);

/// Memory whose layout oneDNN shall choose.
dnnl::memory::desc any_layout(const dnnl::memory::dims& dims, DType dtype = DType::kFloat32);

/// Throws Unsupported that says which operation and shapes oneDNN did not accept; its own words come last.
[[noreturn]] void throw_unsupported(const KernelRequest& request, const dnnl::error& error);

/// Calls `make`, which creates a primitive for the request, and rewords oneDNN's errors.
template <typename Make> auto rewording_errors(const KernelRequest& request, Make&& make) {
  try {
    return make();
  } catch (const dnnl::error& error) {
    throw_unsupported(request, error);
  }
}

/// True when every operand is float32 and none is empty: what the primitives serve. The reference kernels do the rest.
bool is_served(const KernelRequest& request);

/// The same for a product of two bfloat16 operands, the only ones of that type but for the result, on a machine with
/// instructions for it.
bool is_served_in_bfloat16(const KernelRequest& request);

/// True when input 1, a matrix or a kernel, keeps its values from run to run, so that packing it costs nothing.
bool has_constant_weights(const KernelRequest& request);

/// A layout that oneDNN chose for an operand, and how the operand is read before it is packed: a square matrix and its
/// transpose may get the same layout, but not the same copy.
class ChosenLayout final : public Layout {
 public:
  ChosenLayout(dnnl::memory::desc plain, dnnl::memory::desc desc) : plain_(std::move(plain)), desc_(std::move(desc)) {}

  const dnnl::memory::desc& desc() const { return desc_; }
  bool equals(const Layout& other) const override;
  std::size_t num_bytes() const override { return desc_.get_size(); }
  std::string to_string() const override;

 private:
  dnnl::memory::desc plain_;
  dnnl::memory::desc desc_;
};

}  // namespace cornu::onednn
