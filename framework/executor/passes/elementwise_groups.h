#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <vector>

#include "framework/executor/ir/ir.h"

namespace cornu {

/// Nodes that the block machine can run: elementwise operations on float32 and bool, and casts of integers into them.
bool is_fusable(const Ir& ir, const IrNode& node);

/// Groups of elementwise nodes that become one each: all of one shape, and so that the graph of groups stays free of
/// cycles. Every other node is a group of its own.
class ElementwiseGroups {
 public:
  explicit ElementwiseGroups(const Ir& ir);

  /// Numbers of nodes by group, in order.
  const std::map<int, std::vector<int>>& members() const { return members_; }
  int group_of(int node) const { return group_of_[static_cast<std::size_t>(node)]; }

  /// Groups in an order in which each comes after what it needs, close to the original order.
  std::vector<int> ordered() const;

 private:
  std::set<int> sources_of(int group) const;
  bool reaches_through_others(int from, int target) const;
  std::size_t num_inputs(const std::vector<int>& nodes) const;
  void try_merge(int node, int source);

  const Ir& ir_;
  std::vector<int> producer_;
  std::vector<int> group_of_;
  std::map<int, std::vector<int>> members_;
};

}  // namespace cornu
