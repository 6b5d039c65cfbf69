#include "framework/executor/memory_plan.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>

using namespace cornu;

namespace {

bool live_together(const MemoryBlock& a, const MemoryBlock& b) { return a.first <= b.last && b.first <= a.last; }

bool overlap(const MemoryBlock& a, const MemoryBlock& b) {
  return a.bytes > 0 && b.bytes > 0 && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_memory_plan)

BOOST_AUTO_TEST_CASE(blocks_that_live_one_after_the_other_share_memory) {
  std::vector<MemoryBlock> blocks{{1024, 0, 1}, {1024, 2, 3}, {1024, 4, 5}};
  BOOST_TEST(plan_memory(blocks) == 1024);
}

BOOST_AUTO_TEST_CASE(a_block_lives_through_its_last_step) {
  std::vector<MemoryBlock> blocks{{64, 0, 1}, {64, 1, 2}};
  BOOST_TEST(plan_memory(blocks) == 128);
}

BOOST_AUTO_TEST_CASE(offsets_are_aligned) {
  std::vector<MemoryBlock> blocks{{3, 0, 2}, {100, 0, 2}, {65, 0, 2}};
  plan_memory(blocks);
  for (const MemoryBlock& block : blocks) BOOST_TEST(block.offset % 64 == 0);
}

BOOST_AUTO_TEST_CASE(nothing_needs_nothing) {
  std::vector<MemoryBlock> blocks;
  BOOST_TEST(plan_memory(blocks) == 0);
}

BOOST_AUTO_TEST_CASE(most_alive_bytes_is_the_largest_set_needed_at_once) {
  BOOST_TEST(most_alive_bytes({}) == 0);
  BOOST_TEST(most_alive_bytes({{64, 0, 1}, {128, 1, 2}, {64, 3, 9}}) == 192);
  BOOST_TEST(most_alive_bytes({{1, 0, 0}}) == 64);  // rounded up to the alignment
}

// A forward and a backward pass: results that live until their gradient is taken, gradients from step to step, and
// scratch memory.
BOOST_AUTO_TEST_CASE(a_training_step_needs_little_more_than_is_alive) {
  constexpr int kLayers = 40;
  std::vector<MemoryBlock> blocks;
  for (int layer = 0; layer < kLayers; ++layer) {
    const auto bytes = static_cast<std::size_t>(64 * (1 + (layer * 7) % 13));
    const int backward = 2 * kLayers - 1 - layer;
    blocks.push_back({bytes, layer, backward});
    blocks.push_back({bytes, backward, backward + 1});
    blocks.push_back({3 * bytes, layer, layer});
    blocks.push_back({2 * bytes, backward, backward});
  }
  const std::size_t total = plan_memory(blocks);
  BOOST_TEST(static_cast<double>(total) <= 1.1 * static_cast<double>(most_alive_bytes(blocks)));
}

BOOST_AUTO_TEST_CASE(plans_of_very_many_blocks_do_not_overlap_either) {
  std::mt19937 random(5);
  std::vector<MemoryBlock> blocks;
  for (int i = 0; i < 6000; ++i) {
    const int first = static_cast<int>(random() % 6000);
    blocks.push_back({1 + random() % 5000, first, first + static_cast<int>(random() % 12)});
  }
  const std::size_t total = plan_memory(blocks);
  BOOST_TEST(static_cast<double>(total) <= 1.5 * static_cast<double>(most_alive_bytes(blocks)));
  int overlaps = 0;
  for (std::size_t a = 0; a < blocks.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      if (live_together(blocks[a], blocks[b]) && overlap(blocks[a], blocks[b])) ++overlaps;
    }
  }
  BOOST_TEST(overlaps == 0);
}

BOOST_AUTO_TEST_CASE(random_plans_do_not_overlap_and_are_near_the_lower_bound) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<MemoryBlock> blocks;
    for (int i = 0; i < 60; ++i) {
      const int first = static_cast<int>(random() % 80);
      blocks.push_back({64 * (1 + random() % 200), first, first + static_cast<int>(random() % 12)});
    }
    const std::size_t total = plan_memory(blocks);
    for (std::size_t a = 0; a < blocks.size(); ++a) {
      BOOST_TEST(blocks[a].offset + blocks[a].bytes <= total);
      for (std::size_t b = 0; b < a; ++b) {
        BOOST_TEST(!(live_together(blocks[a], blocks[b]) && overlap(blocks[a], blocks[b])));
      }
    }
    BOOST_TEST(static_cast<double>(total) <= 1.25 * static_cast<double>(most_alive_bytes(blocks)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
