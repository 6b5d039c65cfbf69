#include "models/program_cache.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "framework/ops/arithmetic.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

std::shared_ptr<const Program> program_for(std::int64_t size) {
  return Traced({{{size}, DType::kFloat32}}, [](const Tensors& x) { return Tensors{x[0] + 1.0}; }).compile();
}

Tensor zeros(std::int64_t size) { return Tensor::copy(std::vector<float>(static_cast<std::size_t>(size)), {size}); }

const auto kAny = [](const Program&) { return true; };

auto of_size(std::int64_t size) {
  return [size](const Program& program) { return program.feed_specs()[0].shape[0] == size; };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_program_cache)

BOOST_AUTO_TEST_CASE(finds_by_key_what_matches) {
  const ProgramCache cache;
  cache.add(7, program_for(1));
  cache.add(7, program_for(2));  // another program with the same key
  BOOST_TEST(!cache.find(8, kAny));
  BOOST_TEST(!cache.find(7, of_size(3)));
  const ProgramCache::Lease found = cache.find(7, of_size(2));
  BOOST_TEST_REQUIRE(static_cast<bool>(found));
  BOOST_TEST(found->feed_specs()[0].shape[0] == 2);
}

BOOST_AUTO_TEST_CASE(forgets_under_a_key_or_all) {
  const ProgramCache cache;
  for (std::uint64_t key = 1; key <= 3; ++key) cache.add(key, program_for(static_cast<std::int64_t>(key)));
  cache.remove(2);
  BOOST_TEST(!cache.find(2, kAny));
  BOOST_TEST(static_cast<bool>(cache.find(3, kAny)));
  cache.clear();
  BOOST_TEST(!cache.find(3, kAny));
}

BOOST_AUTO_TEST_CASE(replaces_what_was_not_used_for_longest) {
  const ProgramCache cache;
  const auto program = program_for(1);
  for (std::uint64_t key = 1; key <= 64; ++key) {
    cache.add(key, program);
    BOOST_TEST(static_cast<bool>(cache.find(1, kAny)));
  }
  cache.add(65, program);
  BOOST_TEST(static_cast<bool>(cache.find(1, kAny)));
  BOOST_TEST(static_cast<bool>(cache.find(65, kAny)));
  BOOST_TEST(!cache.find(2, kAny));
}

// Whoever clears waits for the lease: the program is destroyed only afterwards.
BOOST_AUTO_TEST_CASE(a_leased_program_stays) {
  const ProgramCache cache;
  cache.add(1, program_for(5));
  const std::weak_ptr<const Program> program = cache.find(1, kAny).shared();
  std::thread clearing;
  {
    const ProgramCache::Lease lease = cache.find(1, kAny);
    clearing = std::thread([&] { cache.clear(); });
    while (cache.find(1, kAny)) std::this_thread::yield();
    BOOST_TEST(!program.expired());
    BOOST_TEST(lease->feed_specs()[0].shape[0] == 5);
  }
  clearing.join();
  BOOST_TEST(program.expired());
}

// Readers run what they find, which is always what they asked for, while writers replace and remove it.
BOOST_AUTO_TEST_CASE(readers_and_writers_at_once) {
  constexpr std::int64_t kSizes = 90;  // more than are kept
  const ProgramCache cache;
  std::vector<std::shared_ptr<const Program>> programs;
  for (std::int64_t size = 1; size <= kSizes; ++size) programs.push_back(program_for(size));
  std::atomic<int> wrong{0};
  std::atomic<int> num_reading{3};
  std::vector<std::thread> threads;
  threads.reserve(5);
  for (std::size_t writer = 0; writer < 2; ++writer) {
    threads.emplace_back([&, writer] {
      for (std::size_t i = 0; num_reading > 0; ++i) {
        const std::size_t which = (i * 7 + writer * 40) % programs.size();
        cache.add(which + 1, programs[which]);
        if (i % 50 == 0) cache.remove(which + 1);
        if (i % 500 == 0) cache.clear();
      }
    });
  }
  for (std::int64_t reader = 0; reader < 3; ++reader) {
    threads.emplace_back([&, reader] {
      int found = 0;
      for (std::int64_t i = reader * 30; found < 1000; ++i) {
        const std::int64_t size = 1 + i % kSizes;
        const ProgramCache::Lease lease = cache.find(static_cast<std::uint64_t>(size), of_size(size));
        if (!lease) continue;
        ++found;
        if (lease->run(Tensors{zeros(size)})[0].shape() != Shape{size}) ++wrong;
      }
      --num_reading;
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
