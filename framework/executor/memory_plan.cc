#include "framework/executor/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace cornu {
namespace {

constexpr std::size_t kAlignment = 64;

std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

std::size_t plan_memory(std::vector<MemoryBlock>& blocks) {
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return blocks[a].bytes > blocks[b].bytes; });
  std::vector<std::size_t> placed;  // by offset
  std::size_t total = 0;
  for (std::size_t index : order) {
    MemoryBlock& block = blocks[index];
    std::size_t offset = 0;
    for (std::size_t other_index : placed) {
      const MemoryBlock& other = blocks[other_index];
      if (other.last < block.first || other.first > block.last) continue;
      if (offset + block.bytes <= other.offset) break;
      offset = std::max(offset, aligned(other.offset + other.bytes));
    }
    block.offset = offset;
    total = std::max(total, aligned(offset + block.bytes));
    const auto place = std::upper_bound(placed.begin(), placed.end(), offset,
                                        [&](std::size_t value, std::size_t i) { return value < blocks[i].offset; });
    placed.insert(place, index);
  }
  return total;
}

}  // namespace cornu
