#pragma once

#include <cstddef>
#include <cstdint>
#include <dnnl.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/idle_pool.h"
#include "framework/kernel.h"

namespace cornu::onednn {

/// Where a step of a PrimitiveKernel finds an operand.
struct Place {
  enum class Kind { kInput, kOutput, kScratch, kZero };
  Kind kind;
  std::size_t position;  ///< number of the input or output, or byte offset into the scratch memory
};
/// One float that is 0.
inline Place zero() { return {Place::Kind::kZero, 0}; }
inline Place input(std::size_t number) { return {Place::Kind::kInput, number}; }
inline Place output(std::size_t number) { return {Place::Kind::kOutput, number}; }

/// An operand of a primitive: oneDNN's name for it, its layout, and where it lies.
struct Operand {
  int argument;  ///< DNNL_ARG_...
  dnnl::memory::desc desc;
  Place place;
};

/// One or more oneDNN primitives run one after the other.
///
/// Memory objects, which oneDNN binds to addresses, are kept in a pool and lent to one `run` at a time: a run takes no
/// lock, and allocates nothing once as many are there as threads run the kernel at once. What oneDNN allocates to
/// execute a primitive (a table of the operands, about 8 small pieces) is beyond that.
class PrimitiveKernel final : public Kernel {
 public:
  PrimitiveKernel();
  ~PrimitiveKernel() override;

  /// Scratch memory for what one step leaves for another.
  Place reserve(const dnnl::memory::desc& desc);

  /// Appends a step. Its scratchpad, if it wants one, is shared with those of other steps.
  void add(const dnnl::primitive_desc_base& primitive_desc, const dnnl::primitive& primitive,
           std::vector<Operand> operands);

  /// Appends a copy from one layout to another.
  void add_reorder(const dnnl::memory::desc& from, Place source, const dnnl::memory::desc& to, Place target);

  /// States that input `number` is wanted in layout `packed`; `plain` describes it as it is outside.
  void pack_input(std::size_t number, const dnnl::memory::desc& plain, const dnnl::memory::desc& packed);

  /// States that output 0, of so many bytes, starts from the values of input `number`. They are copied there unless
  /// both are one memory.
  void write_over_input(std::size_t number, std::size_t bytes) { overwritten_ = {number, bytes}; }

  void run(const KernelArguments& arguments) const override;
  bool can_share(std::size_t number, std::size_t result) const override {
    return overwritten_ && overwritten_->input == number && result == 0;
  }
  std::size_t scratch_bytes() const override { return reserved_ + scratchpad_; }
  std::string implementation() const override;
  std::shared_ptr<const Layout> input_layout(std::size_t number) const override;
  std::unique_ptr<Kernel> packer(std::size_t number) const override;

 private:
  struct Step {
    dnnl::primitive primitive;
    std::vector<Operand> operands;
  };
  struct BoundStep;
  struct Binding;
  struct Packing {
    std::size_t input;
    dnnl::memory::desc plain;
    dnnl::memory::desc packed;
  };

  struct Overwritten {
    std::size_t input;
    std::size_t bytes;
  };

  std::unique_ptr<Binding> new_binding() const;
  void* address_of(const Place& place, const KernelArguments& arguments) const;

  std::vector<Step> steps_;
  std::vector<Packing> packings_;
  std::optional<Overwritten> overwritten_;
  std::size_t reserved_ = 0;
  std::size_t scratchpad_ = 0;
  IdlePool<Binding> bindings_;
};

}  // namespace cornu::onednn
