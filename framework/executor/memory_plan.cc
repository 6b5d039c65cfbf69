#include "framework/executor/memory_plan.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace cornu {
namespace {

constexpr std::size_t kAlignment = 64;
// Placing blocks in any order looks at every pair of them.
constexpr std::size_t kMaxPairwise = 4096;

std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

struct Plan {
  std::vector<std::size_t> offsets;
  std::size_t total = 0;
};

// Each block, in that order, at the lowest gap that fits.
Plan placed_in_order(const std::vector<MemoryBlock>& blocks, const std::vector<std::size_t>& order) {
  Plan plan{std::vector<std::size_t>(blocks.size()), 0};
  std::vector<std::size_t> placed;  // by offset
  for (std::size_t index : order) {
    const MemoryBlock& block = blocks[index];
    std::size_t offset = 0;
    for (std::size_t other_index : placed) {
      const MemoryBlock& other = blocks[other_index];
      if (other.last < block.first || other.first > block.last) continue;
      if (offset + block.bytes <= plan.offsets[other_index]) break;
      offset = std::max(offset, aligned(plan.offsets[other_index] + other.bytes));
    }
    plan.offsets[index] = offset;
    plan.total = std::max(plan.total, aligned(offset + block.bytes));
    const auto place = std::upper_bound(placed.begin(), placed.end(), offset,
                                        [&](std::size_t value, std::size_t i) { return value < plan.offsets[i]; });
    placed.insert(place, index);
  }
  return plan;
}

// Memory of which pieces are taken and given back; the whole grows when no gap is large enough.
class Heap {
 public:
  std::size_t take(std::size_t bytes) {
    const auto best = by_size_.lower_bound({bytes, 0});
    if (best != by_size_.end()) {
      const auto [size, offset] = *best;
      erase(gaps_.find(offset));
      if (size > bytes) add(offset + bytes, size - bytes);
      return offset;
    }
    // A gap at the end grows.
    std::size_t offset = total_;
    if (!gaps_.empty() && gaps_.rbegin()->first + gaps_.rbegin()->second == total_) {
      offset = gaps_.rbegin()->first;
      erase(std::prev(gaps_.end()));
    }
    total_ = offset + bytes;
    return offset;
  }

  void give_back(std::size_t offset, std::size_t bytes) {
    if (bytes == 0) return;
    const auto next = gaps_.lower_bound(offset);
    if (next != gaps_.begin()) {
      const auto before = std::prev(next);
      if (before->first + before->second == offset) {
        offset = before->first;
        bytes += before->second;
        erase(before);
      }
    }
    if (next != gaps_.end() && offset + bytes == next->first) {
      bytes += next->second;
      erase(next);
    }
    add(offset, bytes);
  }

  std::size_t total() const { return total_; }

 private:
  using Gaps = std::map<std::size_t, std::size_t>;  // size by offset

  void add(std::size_t offset, std::size_t bytes) {
    gaps_.emplace(offset, bytes);
    by_size_.emplace(bytes, offset);
  }
  void erase(Gaps::iterator gap) {
    by_size_.erase({gap->second, gap->first});
    gaps_.erase(gap);
  }

  Gaps gaps_;
  std::set<std::pair<std::size_t, std::size_t>> by_size_;  // size and offset of each gap
  std::size_t total_ = 0;
};

// As an allocator would place them that is asked step by step, forwards or backwards in time.
Plan placed_in_time(const std::vector<MemoryBlock>& blocks, bool backwards) {
  const auto begin = [&](std::size_t i) { return backwards ? -blocks[i].last : blocks[i].first; };
  const auto end = [&](std::size_t i) { return backwards ? -blocks[i].first : blocks[i].last; };
  std::vector<std::size_t> by_begin(blocks.size());
  std::iota(by_begin.begin(), by_begin.end(), std::size_t{0});
  std::vector<std::size_t> by_end = by_begin;
  std::stable_sort(by_begin.begin(), by_begin.end(), [&](std::size_t a, std::size_t b) {
    return begin(a) != begin(b) ? begin(a) < begin(b) : blocks[a].bytes > blocks[b].bytes;
  });
  std::stable_sort(by_end.begin(), by_end.end(), [&](std::size_t a, std::size_t b) { return end(a) < end(b); });
  Plan plan{std::vector<std::size_t>(blocks.size()), 0};
  Heap heap;
  auto over = by_end.begin();
  for (std::size_t index : by_begin) {
    for (; over != by_end.end() && end(*over) < begin(index); ++over)
      heap.give_back(plan.offsets[*over], aligned(blocks[*over].bytes));
    plan.offsets[index] = heap.take(aligned(blocks[index].bytes));
  }
  plan.total = heap.total();
  return plan;
}

}  // namespace

std::size_t most_alive_bytes(const std::vector<MemoryBlock>& blocks) {
  // How the sum changes from one step to the next; it wraps around where it falls.
  std::map<int, std::size_t> changes;
  for (const MemoryBlock& block : blocks) {
    changes[block.first] += aligned(block.bytes);
    changes[block.last + 1] -= aligned(block.bytes);
  }
  std::size_t alive = 0;
  std::size_t most = 0;
  for (const auto& [step, change] : changes) {
    alive += change;
    most = std::max(most, alive);
  }
  return most;
}

std::size_t plan_memory(std::vector<MemoryBlock>& blocks) {
  const std::size_t least = most_alive_bytes(blocks);
  Plan best = placed_in_time(blocks, false);
  const auto offer = [&](Plan plan) {
    if (plan.total < best.total) best = std::move(plan);
    return best.total <= least;
  };
  const auto lifetime = [](const MemoryBlock& block) { return static_cast<std::size_t>(block.last - block.first) + 1; };
  const auto in_order = [&](const auto& before) {
    std::vector<std::size_t> order(blocks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return before(blocks[a], blocks[b]); });
    return placed_in_order(blocks, order);
  };
  using Block = const MemoryBlock&;
  const bool done = offer(placed_in_time(blocks, true)) || blocks.size() > kMaxPairwise ||
                    offer(in_order([](Block a, Block b) { return a.bytes > b.bytes; })) ||
                    offer(in_order([&](Block a, Block b) { return a.bytes * lifetime(a) > b.bytes * lifetime(b); })) ||
                    offer(in_order([&](Block a, Block b) { return lifetime(a) > lifetime(b); })) ||
                    offer(in_order([](Block a, Block b) { return a.first < b.first; })) ||
                    offer(in_order([](Block a, Block b) { return a.last > b.last; }));
  static_cast<void>(done);
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i].offset = best.offsets[i];
  return best.total;
}

}  // namespace cornu
