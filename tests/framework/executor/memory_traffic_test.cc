#include "framework/executor/memory_traffic.h"

#include <algorithm>

#include <boost/test/unit_test.hpp>

using namespace cornu;

namespace {

constexpr std::size_t kKiB = 1024;

class NoKernel : public Kernel {
 public:
  explicit NoKernel(std::size_t scratch_bytes) : scratch_bytes_(scratch_bytes) {}
  void run(const KernelArguments& /*arguments*/) const override {}
  std::size_t scratch_bytes() const override { return scratch_bytes_; }

 private:
  std::size_t scratch_bytes_;
};

// A schedule written by hand, operand by operand and step by step.
class HandMade {
 public:
  int operand(Location::Kind kind, std::size_t place, std::size_t bytes) {
    schedule_.locations.push_back({kind, place});
    schedule_.bytes.push_back(bytes);
    if (kind == Location::Kind::kArena) schedule_.arena_bytes = std::max(schedule_.arena_bytes, place + bytes);
    return static_cast<int>(schedule_.bytes.size()) - 1;
  }
  int feed(std::size_t number, std::size_t bytes) { return operand(Location::Kind::kFeed, number, bytes); }
  int result(std::size_t offset, std::size_t bytes) { return operand(Location::Kind::kArena, offset, bytes); }

  void step(std::vector<int> inputs, std::vector<int> outputs, std::size_t scratch = 0, std::size_t scratch_bytes = 0) {
    schedule_.arena_bytes = std::max(schedule_.arena_bytes, scratch + scratch_bytes);
    schedule_.steps.push_back(
        {"step", std::make_shared<NoKernel>(scratch_bytes), std::move(inputs), std::move(outputs), scratch});
  }

  Schedule& schedule() { return schedule_; }
  std::vector<MemoryTraffic> traffic(std::size_t cache_bytes) const { return memory_traffic(schedule_, cache_bytes); }

 private:
  Schedule schedule_;
};

void check(const MemoryTraffic& traffic, std::size_t from_memory, std::size_t to_memory) {
  BOOST_TEST(traffic.from_memory == from_memory);
  BOOST_TEST(traffic.to_memory == to_memory);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_memory_traffic)

// x -> y -> z, all of which the cache holds from run to run.
BOOST_AUTO_TEST_CASE(what_fits_moves_nothing) {
  HandMade chain;
  const int x = chain.feed(0, 4 * kKiB);
  const int y = chain.result(0, 4 * kKiB);
  const int z = chain.result(4 * kKiB, 4 * kKiB);
  chain.step({x}, {y});
  chain.step({y}, {z});
  const auto traffic = chain.traffic(12 * kKiB);
  BOOST_TEST_REQUIRE(traffic.size() == 3U);  // the copies at the end, which are none, are the last
  for (const MemoryTraffic& step : traffic) check(step, 0, 0);
}

// The same with half the room: x gives way to z, and y and z to the next run. y is there when the second step reads it.
BOOST_AUTO_TEST_CASE(a_result_that_is_read_at_once_is_read_in_the_cache) {
  HandMade chain;
  const int x = chain.feed(0, 4 * kKiB);
  const int y = chain.result(0, 4 * kKiB);
  const int z = chain.result(4 * kKiB, 4 * kKiB);
  chain.step({x}, {y});
  chain.step({y}, {z});
  const auto traffic = chain.traffic(8 * kKiB);
  check(traffic[0], 8 * kKiB, 8 * kKiB);  // x and y are fetched; y and z of the run before are written back
  check(traffic[1], 4 * kKiB, 0);         // z is fetched before it is written; x, which gives way, was only read
}

// What lies between two uses counts once, however often it is touched there.
BOOST_AUTO_TEST_CASE(the_distance_counts_different_bytes) {
  HandMade program;
  const int weights = program.operand(Location::Kind::kVariable, 0, 2 * kKiB);
  const int x = program.result(0, 2 * kKiB);
  program.step({weights}, {x});
  for (int again = 0; again < 5; ++again) program.step({x}, {x});
  const auto traffic = program.traffic(4 * kKiB);
  for (const MemoryTraffic& step : traffic) check(step, 0, 0);
}

// Two operands share memory one after the other: the second finds the lines of the first.
BOOST_AUTO_TEST_CASE(memory_counts_and_not_the_number_of_the_operand) {
  HandMade reused;
  const int x = reused.result(0, 4 * kKiB);
  const int y = reused.result(4 * kKiB, 2 * kKiB);
  const int over_half_of_x = reused.result(2 * kKiB, 2 * kKiB);
  reused.step({}, {x});
  reused.step({x}, {y});
  reused.step({y}, {over_half_of_x});
  const auto traffic = reused.traffic(6 * kKiB);
  for (const MemoryTraffic& step : traffic) check(step, 0, 0);
}

// Feeds, constants, variables and packed copies of one number are different memory; a variable that is read in one step
// and written in another is the same.
BOOST_AUTO_TEST_CASE(each_kind_has_its_own_memory) {
  HandMade program;
  const int feed = program.feed(0, kKiB);
  const int constant = program.operand(Location::Kind::kConstant, 0, kKiB);
  const int packed = program.operand(Location::Kind::kPacked, 0, kKiB);
  const int variable = program.operand(Location::Kind::kVariable, 0, kKiB);
  const int new_value = program.operand(Location::Kind::kVariable, 0, kKiB);
  const int fetch = program.operand(Location::Kind::kFetch, 0, kKiB);
  program.step({feed, constant, packed, variable}, {fetch});
  program.step({}, {new_value});
  check(program.traffic(5 * kKiB)[0], 0, 0);
  check(program.traffic(5 * kKiB)[1], 0, 0);
  // They are five: one line less, and something has to give way.
  BOOST_TEST(program.traffic(5 * kKiB - 64)[0].from_memory > 0U);
}

// A step passes its operands side by side, so that of one larger than the cache its end is left, which is of no use to
// the next step: that begins at the begin.
BOOST_AUTO_TEST_CASE(an_operand_larger_than_the_cache_comes_from_memory_each_time) {
  HandMade chain;
  const int x = chain.result(0, 16 * kKiB);
  chain.step({x}, {x});
  chain.step({x}, {x});
  const auto traffic = chain.traffic(8 * kKiB);
  check(traffic[0], 16 * kKiB, 16 * kKiB);
  check(traffic[1], 16 * kKiB, 16 * kKiB);
}

BOOST_AUTO_TEST_CASE(scratch_memory_is_written) {
  HandMade program;
  const int x = program.feed(0, kKiB);
  const int y = program.result(0, kKiB);
  program.step({x}, {y}, kKiB, 4 * kKiB);
  check(program.traffic(6 * kKiB)[0], 0, 0);
  check(program.traffic(0)[0], 6 * kKiB, 5 * kKiB);
}

BOOST_AUTO_TEST_CASE(copies_at_the_end_are_the_last_entry) {
  HandMade program;
  const int x = program.feed(0, kKiB);
  const int y = program.result(0, kKiB);
  const int aside = program.result(kKiB, kKiB);
  const int old_value = program.operand(Location::Kind::kVariable, 0, kKiB);
  program.step({x}, {y});
  Schedule& schedule = program.schedule();
  schedule.fetch_copies = {{y, 0, kKiB}};
  schedule.set_aside = {{old_value, static_cast<std::size_t>(aside), kKiB}};
  schedule.update_variables = {1};
  schedule.update_copies = {{aside, 0, kKiB}};
  const auto traffic = program.traffic(0);
  BOOST_TEST_REQUIRE(traffic.size() == 2U);
  check(traffic[1], 6 * kKiB, 3 * kKiB);
}

// 1 byte is a line: memory moves in lines.
BOOST_AUTO_TEST_CASE(counts_whole_lines) {
  HandMade program;
  const int x = program.feed(0, 1);
  const int y = program.result(0, 65);
  program.step({x}, {y});
  check(program.traffic(0)[0], std::size_t{3} * 64, std::size_t{2} * 64);
}

BOOST_AUTO_TEST_SUITE_END()
