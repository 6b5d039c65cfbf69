#pragma once

#include <cstddef>
#include <vector>

namespace cornu {

/// A piece of memory that is needed from one step to another, both included.
struct MemoryBlock {
  std::size_t bytes = 0;
  int first = 0;
  int last = 0;
  std::size_t offset = 0;  ///< filled in by `plan_memory`
};

/// Gives every block an offset, so that blocks needed at the same time do not overlap; returns the size of the whole.
/// Greedy: larger blocks first, each at the lowest gap that fits.
std::size_t plan_memory(std::vector<MemoryBlock>& blocks);

}  // namespace cornu
