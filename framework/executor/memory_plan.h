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
///
/// The problem is NP-hard. Several orders are tried, each block at the lowest gap that fits, until one needs no more
/// than `most_alive_bytes`; the smallest is taken. Of thousands of blocks, for which that would take long, only plans
/// that follow time are made.
std::size_t plan_memory(std::vector<MemoryBlock>& blocks);

/// The most bytes that are needed at one step, each block rounded up to its alignment: no plan can do with less.
std::size_t most_alive_bytes(const std::vector<MemoryBlock>& blocks);

}  // namespace cornu
