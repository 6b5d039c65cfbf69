#include "framework/idle_pool.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

using namespace cornu;

BOOST_AUTO_TEST_SUITE(framework_idle_pool)

BOOST_AUTO_TEST_CASE(gives_what_was_given_back_and_null_when_there_is_nothing) {
  const IdlePool<int> pool;
  BOOST_TEST(!pool.take());
  auto object = std::make_unique<int>(7);
  const int* address = object.get();
  pool.give_back(std::move(object));
  BOOST_TEST(pool.take().get() == address);
  BOOST_TEST(!pool.take());
}

BOOST_AUTO_TEST_CASE(clear_forgets_what_waits) {
  const IdlePool<int> pool;
  pool.give_back(std::make_unique<int>(1));
  pool.give_back(std::make_unique<int>(2));
  pool.clear();
  BOOST_TEST(!pool.take());
}

// More than it keeps: the rest is destroyed, which a leak checker would see.
BOOST_AUTO_TEST_CASE(takes_more_than_it_keeps) {
  const IdlePool<int> pool;
  for (int i = 0; i < 100; ++i) pool.give_back(std::make_unique<int>(i));
  int kept = 0;
  while (pool.take()) ++kept;
  BOOST_TEST(kept == 32);
}

// Each object counts who holds it: two at once would be seen.
BOOST_AUTO_TEST_CASE(no_two_threads_hold_one_object) {
  const IdlePool<std::atomic<int>> pool;
  std::atomic<int> made{0};
  std::atomic<int> shared{0};
  std::vector<std::thread> threads(4);
  for (std::thread& thread : threads) {
    thread = std::thread([&] {
      for (int i = 0; i < 20000; ++i) {
        auto object = pool.take();
        if (!object) {
          object = std::make_unique<std::atomic<int>>(0);
          ++made;
        }
        if (object->fetch_add(1) != 0) ++shared;
        object->fetch_sub(1);
        pool.give_back(std::move(object));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(shared == 0);
  BOOST_TEST(made <= 8);
}

// What one thread wrote the next one reads, whether it took the object or cleared it away.
BOOST_AUTO_TEST_CASE(threads_clear_what_others_use) {
  static std::atomic<int> alive{0};
  static std::atomic<int> torn{0};
  struct Pair {
    Pair() { ++alive; }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    ~Pair() {
      if (first != second) ++torn;
      --alive;
    }
    int first = 0;
    int second = 0;
  };
  {
    const IdlePool<Pair> pool;
    std::vector<std::thread> threads(4);
    for (std::size_t t = 0; t < threads.size(); ++t) {
      threads[t] = std::thread([&, t] {
        for (int i = 0; i < 20000; ++i) {
          if (t == 0 && i % 16 == 0) pool.clear();
          std::unique_ptr<Pair> object = pool.take();
          if (!object) object = std::make_unique<Pair>();
          if (object->first != object->second) ++torn;
          ++object->first;
          ++object->second;
          pool.give_back(std::move(object));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  BOOST_TEST(torn == 0);
  BOOST_TEST(alive == 0);
}

BOOST_AUTO_TEST_SUITE_END()
