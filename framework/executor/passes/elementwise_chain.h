#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "framework/elementwise_program.h"
#include "framework/executor/ir/ir.h"

namespace cornu {

/// The elementwise program of a node, whether it is one operation or several that were fused, and the values of the Ir
/// that it reads and makes.
struct ElementwiseChain {
  ElementwiseProgram program;
  std::vector<int> inputs;
  std::vector<int> outputs;

  /// Whether a node is such a chain.
  static bool is_chain(const Ir& ir, const IrNode& node);
  static ElementwiseChain of(const Ir& ir, const IrNode& node);

  /// The part that makes some of the outputs. It reads other outputs where `is_there` holds them, instead of making
  /// them as well.
  ElementwiseChain part_for(const std::vector<int>& wanted, const std::set<int>& is_there = {}) const;

  /// `part`, which makes one value, and after it this chain, which may read that value and computes nothing that is
  /// computed already. The value leaves the whole when `leaves` is true, as its last output.
  ElementwiseChain after(const ElementwiseChain& part, bool leaves) const;

  /// The additions of a program that stand for its arithmetic, for each element.
  std::int64_t additions() const;

  IrNode node() const;
};

}  // namespace cornu
