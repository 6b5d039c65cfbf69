#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/attributes.h"
#include "framework/tensor.h"

namespace cornu {

/// Memory layout of an operand other than the canonical row-major one, chosen by a backend.
///
/// Opaque above the backend: it can be compared, and its size is known.
class Layout {
 public:
  virtual ~Layout() = default;
  virtual bool equals(const Layout& other) const = 0;
  virtual std::size_t num_bytes() const = 0;
  /// For dumps, such as `OIhw16i16o`.
  virtual std::string to_string() const = 0;
};

class Queue;

/// Where a kernel finds its operands. Scratch is 64-byte aligned and holds `Kernel::scratch_bytes()`.
struct KernelArguments {
  const void* const* inputs;
  void* const* outputs;
  void* scratch;
  Queue* queue = nullptr;  ///< of the device in whose memory the operands lie; null for the CPU's
};

/// A computation ready to run on operands of fixed shapes.
///
/// `run` is const and may be called from several threads at once with different arguments; it allocates nothing. That
/// of a device puts the computation into the queue.
class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;
  virtual void run(const KernelArguments& arguments) const = 0;

  virtual std::size_t scratch_bytes() const { return 0; }

  /// For profiles: the library and the implementation it chose, such as `oneDNN brg:avx512_core`; empty for a kernel of
  /// our own.
  virtual std::string implementation() const { return {}; }

  /// True when output `output` may be the memory of input `input`.
  virtual bool can_share(std::size_t /*input*/, std::size_t /*output*/) const { return false; }

  /// The layout in which the kernel wants to be given that input, or null for row-major; `packer` makes it.
  virtual std::shared_ptr<const Layout> input_layout(std::size_t /*input*/) const { return nullptr; }
  /// A kernel with one input and one output that converts that input from row-major to `input_layout`.
  virtual std::unique_ptr<Kernel> packer(std::size_t /*input*/) const { return nullptr; }
};

/// What a kernel is to compute.
struct KernelRequest {
  std::string operation;
  const Attributes& attributes;
  std::span<const TensorSpec> inputs;
  std::span<const TensorSpec> outputs;
};

/// Makes a kernel, or returns null when it does not serve this request (a dtype, a shape).
using KernelFactory = std::function<std::unique_ptr<Kernel>(const KernelRequest&)>;

/// Who offers a kernel. On the CPU, of several that serve a request the later in this list is taken.
enum class Backend { kReference, kCpu, kCuda };

/// Adds a kernel to the table, at static initialisation. Returns true, so that it can initialise a constant.
bool register_kernel(std::string operation, Backend backend, KernelFactory factory);

/// The best kernel of the CPU for a request. A float16 or bfloat16 request that no kernel serves runs in float32 and is
/// rounded.
/// **Throws** Unsupported naming the operation and the dtypes where there is none.
std::unique_ptr<Kernel> compile_kernel(const KernelRequest& request);

/// The kernel of one backend, or null.
std::unique_ptr<Kernel> compile_kernel_of(Backend backend, const KernelRequest& request);

/// True when the CPU has a kernel of that name.
bool has_kernel(const std::string& operation);

/// Computes an operation on values at once; kernels are kept by (operation, attributes, specs).
Tensors run_eagerly(const std::string& operation, const Attributes& attributes, const Tensors& inputs,
                    std::span<const TensorSpec> outputs);

}  // namespace cornu
