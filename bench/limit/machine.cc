#include "bench/limit/machine.h"

#include <omp.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <span>
#include <string>

#include <cornu/cornu.h>

namespace bench {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kLeastBufferBytes = 128 * kKiB * kKiB;
constexpr std::size_t kTimesTheCache = 4;
constexpr int kPasses = 25;

std::string word_in(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

// The caches of the highest level that the kernel lists for these cores, each once. Not sysconf, which in a virtual
// machine may count caches of the host's other cores.
std::size_t listed_cache_bytes() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) return 0;
  std::map<std::string, std::size_t> bytes_of;  // by the cores that share it
  int highest = 0;
  for (std::size_t core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &cores)) continue;
    const std::string caches = "/sys/devices/system/cpu/cpu" + std::to_string(core) + "/cache/index";
    for (int i = 0;; ++i) {
      const std::string cache = caches + std::to_string(i) + "/";
      const std::string level = word_in(cache + "level");
      if (level.empty()) break;
      if (std::stoi(level) < highest || word_in(cache + "type") == "Instruction") continue;
      if (std::stoi(level) > highest) bytes_of.clear();
      highest = std::stoi(level);
      bytes_of[word_in(cache + "shared_cpu_list")] = std::stoul(word_in(cache + "size")) * kKiB;  // such as 32768K
    }
  }
  std::size_t bytes = 0;
  for (const auto& [sharers, size] : bytes_of) bytes += size;
  return bytes;
}

std::size_t last_level_cache_bytes() {
  if (const std::size_t bytes = listed_cache_bytes()) return bytes;
  for (const int name : {_SC_LEVEL3_CACHE_SIZE, _SC_LEVEL2_CACHE_SIZE}) {
    if (const long bytes = sysconf(name); bytes > 0) return static_cast<std::size_t>(bytes);
  }
  return 0;
}

using Word = std::uint64_t;

Word sum_of(std::span<const Word> words) {
  Word sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < words.size(); ++i) sum += words[i];
  return sum;
}

// Not an assignment, for which the compiler calls memcpy: that goes around the cache where kernels do not.
void copy_complement(std::span<const Word> from, std::span<Word> to) {
#pragma omp simd
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = ~from[i];
}

// Calls `f` with the begin and the size of each thread's part.
template <typename F> void in_parts(std::size_t size, int threads, const F& f) {
#pragma omp parallel num_threads(threads)
  {
    const auto count = static_cast<std::size_t>(omp_get_num_threads());
    const auto number = static_cast<std::size_t>(omp_get_thread_num());
    const std::size_t begin = size * number / count;
    f(begin, size * (number + 1) / count - begin);
  }
}

template <typename F> double least_seconds(const F& f) {
  double least = 0;
  for (int pass = 0; pass < kPasses; ++pass) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    least = pass == 0 ? seconds : std::min(least, seconds);
  }
  return least;
}

}  // namespace

Machine measured_machine(int threads) {
  const std::size_t cache_bytes = last_level_cache_bytes();
  const std::size_t bytes = std::max(kTimesTheCache * cache_bytes, kLeastBufferBytes);
  const std::size_t size = bytes / sizeof(Word);
  // As the memory of programs is made, in huge pages where there are some.
  const cornu::Storage source_memory = cornu::allocate_lasting_storage(bytes);
  const cornu::Storage target_memory = cornu::allocate_lasting_storage(bytes);
  const std::span<Word> source(static_cast<Word*>(source_memory.get()), size);
  const std::span<Word> target(static_cast<Word*>(target_memory.get()), size);
  in_parts(size, threads, [&](std::size_t begin, std::size_t count) {
    std::fill_n(source.begin() + static_cast<std::ptrdiff_t>(begin), count, 1);
  });
  std::atomic<Word> sum = 0;  // so that reading is not left out
  const double reading = least_seconds([&] {
    in_parts(size, threads, [&](std::size_t begin, std::size_t count) { sum += sum_of(source.subspan(begin, count)); });
  });
  const double copying = least_seconds([&] {
    in_parts(size, threads, [&](std::size_t begin, std::size_t count) {
      copy_complement(source.subspan(begin, count), target.subspan(begin, count));
    });
  });
  return {cache_bytes, static_cast<double>(bytes) * std::max(1 / reading, 3 / copying)};
}

}  // namespace bench
