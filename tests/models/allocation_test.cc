#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <map>
#include <new>
#include <string>
#include <string_view>

#include "framework/initializers/initializer.h"
#include "framework/num_threads.h"
#include "layers/core/dense.h"
#include "layers/regularization/dropout.h"
#include "models/sequential.h"
#include "models/training/callbacks/lambda_callback.h"
#include "models/training/optimizers/adam.h"

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CORNU_TEST_COUNTS_MALLOC 1
#endif

// While it counts, every allocation of this program is noted with the calls that led to it: `operator new` is replaced
// below, and so are `malloc` and its like where no sanitizer has done that already, for the library, oneDNN and libgomp
// too. Allocations inside the last two are told apart by the library of the first call above the C++ runtime.
namespace {

constexpr int kMaxNoted = 512;
constexpr int kMaxDepth = 12;

struct Noted {
  void* caller;  ///< of operator new
  std::array<void*, kMaxDepth> calls;
  int depth;
};

std::atomic<bool> counts{false};
std::atomic<int> num_noted{0};
std::array<Noted, kMaxNoted> noted;

void note(void* caller) {
  if (!counts.load(std::memory_order_relaxed)) return;
  // backtrace() may allocate itself.
  thread_local bool inside = false;
  if (inside) return;
  inside = true;
  const int index = num_noted.fetch_add(1);
  if (index < kMaxNoted) {
    Noted& now = noted[static_cast<std::size_t>(index)];
    now.caller = caller;
    now.depth = backtrace(now.calls.data(), kMaxDepth);
  }
  inside = false;
}

}  // namespace

#ifdef CORNU_TEST_COUNTS_MALLOC

// What the C library calls its own.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  note(__builtin_return_address(0));
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  note(__builtin_return_address(0));
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  note(__builtin_return_address(0));
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  note(__builtin_return_address(0));
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  note(__builtin_return_address(0));
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  note(__builtin_return_address(0));
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}
}

#endif

namespace {

// Without counting, which `operator new` has done.
void* plain_allocation(std::size_t size, std::size_t alignment) {
#ifdef CORNU_TEST_COUNTS_MALLOC
  return __libc_memalign(alignment, size);
#else
  // aligned_alloc wants a multiple of the alignment.
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
#endif
}

void* allocate(std::size_t size, std::size_t alignment, void* caller) {
  note(caller);
  void* memory = plain_allocation(size > 0 ? size : 1, std::max(alignment, alignof(std::max_align_t)));
  if (!memory) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size, 1, __builtin_return_address(0)); }
void* operator new[](std::size_t size) { return allocate(size, 1, __builtin_return_address(0)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment), __builtin_return_address(0));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment), __builtin_return_address(0));
}
// Without these two AddressSanitizer would bring its own, and object to the std::free below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  note(__builtin_return_address(0));
  return plain_allocation(size > 0 ? size : 1, alignof(std::max_align_t));
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  note(__builtin_return_address(0));
  return plain_allocation(size > 0 ? size : 1, alignof(std::max_align_t));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace cornu {
namespace {

struct Allocations {
  int own = 0;
  int foreign = 0;     ///< in oneDNN or libgomp
  std::string report;  ///< of our own: how often, and the functions that called
};

template <typename F> Allocations allocations_of(const F& f) {
  std::array<void*, 4> warm_up;
  backtrace(warm_up.data(), 4);  // loads its library
  num_noted = 0;
  counts = true;
  f();
  counts = false;
  Allocations result;
  std::map<std::string, int> callers;
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::min<int>(num_noted, kMaxNoted)); ++i) {
    const auto* first = noted[i].calls.data();
    const auto* last = first + noted[i].depth;
    std::string trace;
    std::string first_library;
    // What lies above operator new depends on what the compiler inlined.
    for (const auto* call = std::find(first, last, noted[i].caller); call != last; ++call) {
      Dl_info info;
      if (dladdr(*call, &info) == 0 || !info.dli_fname) continue;
      const std::string library = info.dli_fname;
      if (library.find("libstdc++") != std::string::npos || library.find("libc.so") != std::string::npos) continue;
      if (first_library.empty()) first_library = library;
      trace += (info.dli_sname ? info.dli_sname : library) + "\n    ";
    }
    const bool is_foreign =
        first_library.find("dnnl") != std::string::npos || first_library.find("gomp") != std::string::npos;
    ++(is_foreign ? result.foreign : result.own);
    if (!is_foreign) ++callers[trace];
  }
  for (const auto& [trace, times] : callers) result.report += std::to_string(times) + " x " + trace + "\n";
  return result;
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Sequential network() {
  set_random_seed(1);
  return Sequential(
      {layers::Dense(32, {.activation = "relu"}), layers::Dropout(0.1), layers::Dense(3, {.activation = "softmax"})});
}

BOOST_AUTO_TEST_SUITE(models_allocation)

BOOST_AUTO_TEST_CASE(an_allocation_does_not_go_unseen) {
  std::vector<std::vector<float>> kept;
  const Allocations found = allocations_of([&] { kept.emplace_back(100); });
  BOOST_TEST(found.own == 2);
  BOOST_TEST(found.foreign == 0);
}

#ifdef CORNU_TEST_COUNTS_MALLOC
BOOST_AUTO_TEST_CASE(an_allocation_in_c_does_not_go_unseen) {
  void* volatile memory = nullptr;
  const Allocations found = allocations_of([&] {
    memory = std::malloc(100);
    memory = std::realloc(memory, 200);
  });
  std::free(memory);
  BOOST_TEST(found.own == 2);
}
#endif

// Steps in the middle of later epochs; those around the short last batch make room for another shape. Batches are
// shuffled: rows in order are given as views, which are new tensors.
BOOST_AUTO_TEST_CASE(a_step_of_a_fit_allocates_nothing) {
  const Tensor x = Tensor::copy(std::vector<float>(79 * 8, 0.5F), {79, 8});
  const Tensor y = Tensor::copy(std::vector<std::int64_t>(79, 1), {79});
  const Dataset shuffled = Dataset::from_tensors({x}, {y}).shuffle(1).batch(8);
  for (const Dataset& data : {shuffled, shuffled.prefetch(2)}) {
    const Sequential model = network();
    model.compile(
        {.optimizer = optimizers::Adam(), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
    // Counting starts and ends in callbacks, around what the loop does between them: the next batch and the step.
    int steps = 0;
    std::int64_t epoch = 0;
    const CallbackPtr callback =
        callbacks::LambdaCallback({.on_epoch_begin = [&](std::int64_t number) { epoch = number; },
                                   .on_train_batch_begin =
                                       [&](std::int64_t batch) {
                                         if (epoch > 1 && batch == 3) counts = true;
                                       },
                                   .on_train_batch_end =
                                       [&](std::int64_t batch, const Logs&) {
                                         if (counts) ++steps;
                                         if (batch == 5) counts = false;
                                       }});
    const Allocations found = allocations_of([&] {
      counts = false;
      model.fit(data, {.epochs = 4, .verbose = Verbose::kSilent, .callbacks = {callback}});
    });
    BOOST_TEST(steps == 6);
    BOOST_TEST(found.own == 0, found.report);
    BOOST_TEST_MESSAGE("in oneDNN and libgomp: " << found.foreign);
  }
}

BOOST_AUTO_TEST_CASE(a_predict_into_memory_allocates_nothing) {
  const Sequential model = network();
  const Tensor x = Tensor::copy(std::vector<float>(16 * 8, 0.5F), {16, 8});
  std::vector<float> scores(16 * 3);
  const std::array<std::span<float>, 1> outputs{scores};
  const std::array<Tensor, 1> inputs{x};
  model->predict_into(inputs, outputs);
  const Allocations found = allocations_of([&] {
    for (int i = 0; i < 10; ++i) model->predict_into(inputs, outputs);
  });
  BOOST_TEST(found.own == 0, found.report);
  BOOST_TEST_MESSAGE("in oneDNN and libgomp: " << found.foreign);
}

// The lists of inputs and targets that the arguments make and the step is given; the figures, each a list, in a list,
// and the name that is long.
BOOST_AUTO_TEST_CASE(train_on_batch_allocates_its_arguments_and_its_result) {
  const Sequential model = network();
  model.compile({.optimizer = optimizers::Adam(),
                 .loss = "sparse_categorical_crossentropy",
                 .metrics = {"sparse_categorical_accuracy"}});
  const Tensor x = Tensor::copy(std::vector<float>(16 * 8, 0.5F), {16, 8});
  const Tensor y = Tensor::copy(std::vector<std::int64_t>(16, 1), {16});
  model.train_on_batch(x, y);
  const Allocations found = allocations_of([&] { model.train_on_batch(x, y); });
  BOOST_TEST(found.own == 2 * 2 + 1 + 2 + 1, found.report);
  BOOST_TEST_MESSAGE("in oneDNN and libgomp: " << found.foreign);
}

// The list of inputs that the argument makes, addresses of inputs and outputs, and the outputs: a list, and of each
// the tensor, its shape and its memory with the count of those who share it.
BOOST_AUTO_TEST_CASE(a_predict_allocates_its_argument_and_its_result) {
  const Sequential model = network();
  const Tensor x = Tensor::copy(std::vector<float>(16 * 8, 0.5F), {16, 8});
  model.predict(x);
  const Allocations found = allocations_of([&] { model.predict(x); });
  BOOST_TEST(found.own == 1 + 2 + 1 + 4, found.report);
  BOOST_TEST_MESSAGE("in oneDNN and libgomp: " << found.foreign);
}

// What a real-time thread does. Few rows on one thread are kernels of our own, so that not even oneDNN allocates.
BOOST_AUTO_TEST_CASE(a_prepared_prediction_allocates_nothing_in_any_library) {
  const Sequential model({layers::Dense(64, {.activation = "relu"}), layers::Dense(16)}, {.input_shape = Shape{32}});
  model->prepare({{1, 32}});
  const NumThreadsScope one(1);
  const std::vector<float> x(32, 0.5F);
  std::vector<float> y(16);
  model->predict_into(x, y);
  const Allocations found = allocations_of([&] {
    for (int i = 0; i < 10; ++i) model->predict_into(x, y);
  });
  BOOST_TEST(found.own == 0, found.report);
  BOOST_TEST(found.foreign == 0);
}

// Shapes drawn from 50 batch sizes; 5,000 predictions warm up programs and the allocator's arenas.
BOOST_AUTO_TEST_CASE(memory_stays_flat_over_100000_predictions) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  BOOST_TEST_MESSAGE("skipped: a sanitizer keeps freed memory");
  return;
#endif
  const Sequential model = network();
  std::uint32_t random = 1;
  const auto predict = [&](int times) {
    for (int i = 0; i < times; ++i) {
      random = random * 1664525U + 1013904223U;
      const auto rows = static_cast<std::int64_t>(1 + (random >> 16) % 50);
      Tensor x = Tensor::empty({rows, 8});
      std::fill(x.mutable_data<float>().begin(), x.mutable_data<float>().end(), 0.5F);
      model.predict(x);
    }
  };
  predict(5000);
  const std::size_t before = resident_bytes();
  predict(100000);
  const std::size_t after = resident_bytes();
  BOOST_TEST(after < before + (std::size_t{1} << 20), "grew by " << after - before << " bytes");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
