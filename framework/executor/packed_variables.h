#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "framework/kernel.h"
#include "framework/variable.h"

namespace cornu {

/// Copies of variables (and constants) in the layouts that kernels want, made anew only when a variable was written.
///
/// The one place that knows that such copies exist: a variable's canonical value is in row-major Keras layout.
class PackedVariables {
 public:
  /// Keeps a copy for a variable; returns its number. `packer` makes it.
  std::size_t add(const Variable& variable, std::shared_ptr<const Kernel> packer, std::size_t bytes);
  /// Packs a constant at once.
  std::size_t add(const Tensor& constant, std::shared_ptr<const Kernel> packer, std::size_t bytes);

  std::size_t size() const { return entries_.size(); }

  /// What a run reads: the copies, kept alive, and how new they are.
  struct Copies {
    std::vector<Storage> copies;
    std::uint64_t stamp = 0;  // 1 more than the sum of the variables' versions
  };

  /// Brings `copies` up to the variables' present values; takes no lock when they have not changed.
  void refresh(Copies& copies) const;

 private:
  struct Entry {
    Variable variable;
    std::shared_ptr<const Kernel> packer;
    std::size_t bytes;
    std::uint64_t version;
    Storage copy;
  };
  static void pack(Entry& entry, const void* source);

  mutable std::mutex mutex_;
  mutable std::vector<Entry> entries_;
};

}  // namespace cornu
