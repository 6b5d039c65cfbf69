#include "framework/backends/cuda/card.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "framework/error.h"

namespace cornu::cuda {
namespace {

// What a function of the host threw, until somebody waits for the queue. Functions run on a thread of the driver.
struct Failure {
  std::mutex mutex;
  std::exception_ptr exception;
};
Failure& failure() {
  static Failure first;
  return first;
}

void call_function(void* function) {
  try {
    (*static_cast<std::function<void()>*>(function))();
  } catch (...) {
    const std::lock_guard lock(failure().mutex);
    if (!failure().exception) failure().exception = std::current_exception();
  }
}

// Equal texts are one kernel.
std::string key_of(const Launch& launch) { return launch.name + "\n" + launch.text; }

}  // namespace

// A graph of the driver, and the functions it calls.
class Card::Graph final : public Queue::Recording {
 public:
  Graph(Card& card, std::deque<std::function<void()>> calls) : card_(card), calls_(std::move(calls)) {}
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph() override {
    if (executable_) static_cast<void>(card_.driver().graph_exec_destroy(executable_));
  }

  void instantiate(CUgraph graph) {
    card_.check(card_.driver().graph_instantiate(&executable_, graph, 0), "cuGraphInstantiate");
  }

  void replay() override { card_.check(card_.driver().graph_launch(executable_, card_.stream_), "cuGraphLaunch"); }

 private:
  Card& card_;
  std::deque<std::function<void()>> calls_;
  CUgraphExec executable_ = nullptr;
};

Card::Card(Libraries libraries, int number) : libraries_(std::move(libraries)), name_("gpu:" + std::to_string(number)) {
  CUdevice device = 0;
  check(driver().init(0), "cuInit");
  check(driver().device_get(&device, number), "cuDeviceGet");
  check(driver().device_get_attribute(&capability_.major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device),
        "cuDeviceGetAttribute");
  check(driver().device_get_attribute(&capability_.minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device),
        "cuDeviceGetAttribute");
  check(driver().primary_ctx_retain(&context_, device), "cuDevicePrimaryCtxRetain");
  check(driver().ctx_set_current(context_), "cuCtxSetCurrent");
  check(driver().stream_create(&stream_, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
  check(driver().stream_create(&beside_, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
  check(driver().event_create(&beside_done_, CU_EVENT_DISABLE_TIMING), "cuEventCreate");
  // Without this the pool gives memory back to the system whenever the host waits for the card.
  CUmemoryPool pool = nullptr;
  check(driver().device_get_default_mem_pool(&pool, device), "cuDeviceGetDefaultMemPool");
  std::uint64_t kept = std::uint64_t{256} << 20;
  check(driver().mem_pool_set_attribute(pool, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &kept), "cuMemPoolSetAttribute");
  memory_ = std::make_shared<DeviceMemory>(driver(), context_, stream_, mutex_, name_);
}

// A card lives as long as the process; the driver takes back what it holds.
Card::~Card() = default;

std::unique_lock<std::recursive_mutex> Card::lock() {
  std::unique_lock lock(*mutex_);
  check(driver().ctx_set_current(context_), "cuCtxSetCurrent");
  return lock;
}

Storage Card::allocate(std::size_t bytes, const std::string& purpose) { return memory_->allocate(bytes, purpose); }

Storage Card::allocate_on_host(std::size_t bytes) { return memory_->allocate_on_host(bytes); }

void Card::keep_until_done(Storage memory) { kept_.push_back(std::move(memory)); }

void* Card::workspace(std::size_t bytes, const std::string& purpose) {
  if (bytes > workspace_bytes_) {
    // Given back first: in the order of the stream, so what works there is done before it is another's.
    workspace_ = nullptr;
    workspace_bytes_ = 0;
    workspace_ = memory_->allocate(bytes, purpose);
    workspace_bytes_ = bytes;
  }
  return workspace_.get();
}

void Card::copy(void* to, const void* from, std::size_t bytes) {
  if (bytes == 0) return;
  check(driver().memcpy_async(reinterpret_cast<CUdeviceptr>(to), reinterpret_cast<CUdeviceptr>(from), bytes, stream_),
        "cuMemcpyAsync");
}

void Card::copy_beside(void* to, const void* from, std::size_t bytes) {
  if (bytes == 0) return;
  check(driver().memcpy_async(reinterpret_cast<CUdeviceptr>(to), reinterpret_cast<CUdeviceptr>(from), bytes, beside_),
        "cuMemcpyAsync");
  is_copying_beside_ = true;
}

void Card::join() {
  if (!is_copying_beside_) return;
  check(driver().event_record(beside_done_, beside_), "cuEventRecord");
  check(driver().stream_wait_event(stream_, beside_done_, CU_EVENT_WAIT_DEFAULT), "cuStreamWaitEvent");
  is_copying_beside_ = false;
}

void Card::call(std::function<void()> function) {
  auto& calls = recorded_calls_ ? *recorded_calls_ : calls_;
  calls.push_back(std::move(function));
  check(driver().launch_host_func(stream_, call_function, &calls.back()), "cuLaunchHostFunc");
}

void Card::finish() {
  check(driver().stream_synchronize(stream_), "cuStreamSynchronize");
  kept_.clear();
  calls_.clear();
  std::exception_ptr exception;
  {
    const std::lock_guard lock(failure().mutex);
    std::swap(exception, failure().exception);
  }
  if (exception) std::rethrow_exception(exception);
}

std::unique_ptr<Queue::Recording> Card::record(const std::function<void()>& work) {
  std::deque<std::function<void()>> calls;
  CUgraph graph = nullptr;
  check(driver().stream_begin_capture(stream_, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), "cuStreamBeginCapture");
  recorded_calls_ = &calls;
  std::exception_ptr exception;
  try {
    work();
  } catch (...) {
    exception = std::current_exception();
  }
  recorded_calls_ = nullptr;
  const CUresult ended = driver().stream_end_capture(stream_, &graph);
  const std::unique_ptr<CUgraph_st, decltype(driver().graph_destroy)> owner(graph, driver().graph_destroy);
  if (exception) std::rethrow_exception(exception);
  check(ended, "cuStreamEndCapture");
  // Nodes of a deque stay where they are when it moves.
  auto recording = std::make_unique<Graph>(*this, std::move(calls));
  recording->instantiate(graph);
  return recording;
}

void Card::launch(const Launch& launch, const KernelArguments& arguments) {
  CUfunction function = function_of(launch);
  std::vector<void*> addresses;
  addresses.reserve(launch.operands.size());
  for (const Launch::Operand& operand : launch.operands) {
    switch (operand.kind) {
      case Launch::Operand::Kind::kInput:
        addresses.push_back(const_cast<void*>(arguments.inputs[operand.index]));
        break;
      case Launch::Operand::Kind::kOutput: addresses.push_back(arguments.outputs[operand.index]); break;
      case Launch::Operand::Kind::kScratch:
        addresses.push_back(static_cast<std::byte*>(arguments.scratch) + operand.index);
        break;
    }
  }
  std::array<void*, 1> parameters{addresses.data()};
  check(driver().launch_kernel(function, launch.blocks, 1, 1, launch.threads, 1, 1, 0, stream_, parameters.data(),
                               nullptr),
        "cuLaunchKernel");
}

CUfunction Card::function_of(const Launch& launch) {
  CUfunction& function = functions_[key_of(launch)];
  if (!function) function = loaded(launch, libraries_.compile(launch.text, launch.name, capability_));
  return function;
}

CUfunction Card::loaded(const Launch& launch, const std::vector<char>& code) const {
  CUmodule module = nullptr;
  CUfunction function = nullptr;
  check(driver().module_load_data(&module, code.data()), "cuModuleLoadData");
  check(driver().module_get_function(&function, module, launch.name.c_str()), "cuModuleGetFunction");
  return function;
}

void Card::prepare(std::span<const Kernel* const> kernels) {
  std::map<std::string, const Launch*> missing;
  for (const Kernel* kernel : kernels) {
    for (const Launch* launch : launches_of(*kernel)) {
      std::string key = key_of(*launch);
      if (!functions_.contains(key)) missing.emplace(std::move(key), launch);
    }
  }
  const std::vector<std::pair<std::string, const Launch*>> work(missing.begin(), missing.end());
  std::vector<std::vector<char>> codes(work.size());
  std::vector<std::exception_ptr> failures(work.size());
  std::atomic<std::size_t> next{0};
  const auto compile = [&] {
    for (std::size_t i = next++; i < work.size(); i = next++) {
      try {
        codes[i] = libraries_.compile(work[i].second->text, work[i].second->name, capability_);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::size_t most = std::max(1u, std::thread::hardware_concurrency());
    while (threads.size() + 1 < std::min(most, work.size())) threads.emplace_back(compile);
    compile();
  }
  for (std::size_t i = 0; i < work.size(); ++i) {
    if (failures[i]) std::rethrow_exception(failures[i]);
    functions_[work[i].first] = loaded(*work[i].second, codes[i]);
  }
}

cublasLtHandle_t Card::cublas_lt() {
  if (!cublas_lt_) libraries_.cublas_lt.check(libraries_.cublas_lt.create(&cublas_lt_), "cublasLtCreate");
  return cublas_lt_;
}

void* Card::library_workspace() {
  if (!library_workspace_) library_workspace_ = memory_->allocate(kLibraryWorkspaceBytes, "workspace of cuBLASLt");
  return library_workspace_.get();
}

cudnnHandle_t Card::cudnn() {
  if (!cudnn_) {
    libraries_.cudnn.check(libraries_.cudnn.create(&cudnn_), "cudnnCreate");
    libraries_.cudnn.check(libraries_.cudnn.set_stream(cudnn_, stream_), "cudnnSetStream");
  }
  return cudnn_;
}

}  // namespace cornu::cuda
