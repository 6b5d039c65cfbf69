#include "tests/framework/backends/cuda/emulation/emulated_card.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "framework/backends/cuda/card.h"
#include "tests/framework/backends/cuda/emulation/cublas_lt_emulation.h"
#include "tests/framework/backends/cuda/emulation/cudnn_emulation.h"
#include "tests/framework/backends/cuda/emulation/host_kernels.h"
#include "tests/support/guarded_memory.h"

// What the driver's handles point to.
struct CUgraph_st {
  std::vector<std::function<void()>> work;
};
struct CUgraphExec_st {
  std::vector<std::function<void()>> work;
};
struct CUstream_st {
  std::deque<std::function<void()>> work;
  std::size_t num_done = 0;
  std::unique_ptr<CUgraph_st> recording;
};
struct CUevent_st {
  CUstream stream = nullptr;
  std::size_t after = 0;  // how much work of the stream comes before it
};
struct CUfunc_st {
  const cornu::test::HostKernels* kernels;
  std::string name;
};
struct CUmod_st {
  explicit CUmod_st(const std::string& text) : kernels(text) {}
  cornu::test::HostKernels kernels;
  std::vector<std::unique_ptr<CUfunc_st>> functions;
};

namespace cornu::test {
namespace {

struct Block {
  std::size_t bytes;
  Storage memory;
};
using Blocks = std::map<void*, Block>;

struct Machine {
  EmulatedCard::Counts counts;
  std::size_t memory = std::size_t{1} << 32;
  Blocks blocks;
  Blocks host_blocks;
  std::vector<std::unique_ptr<CUstream_st>> streams;
  std::vector<std::unique_ptr<CUevent_st>> events;
  std::vector<std::unique_ptr<CUmod_st>> modules;
};

Machine& machine() {
  static Machine the_machine;
  return the_machine;
}

constexpr std::uintptr_t kDeviceBit = std::uintptr_t{1} << 62;  // no address of the host has it

std::size_t number_of_last(CUstream stream) { return stream->num_done + stream->work.size(); }

void do_until(CUstream stream, std::size_t number) {
  while (stream->num_done < number) {
    const std::function<void()> work = std::move(stream->work.front());
    stream->work.pop_front();
    ++stream->num_done;
    work();
  }
}

// Behind it is a page that may not be touched, so that a kernel that goes too far ends the test.
void* new_block(Blocks& blocks, std::size_t bytes) {
  constexpr std::size_t kAlignment = 16;
  Storage memory = guarded_memory(bytes, GuardedEnd::kLast, kAlignment);
  void* address = memory.get();
  std::memset(address, 0xff, bytes);
  blocks.emplace(address, Block{bytes, std::move(memory)});
  return address;
}

Block forget_block(Blocks& blocks, void* address) {
  const auto known = blocks.find(address);
  if (known == blocks.end()) {
    std::fprintf(stderr, "the emulated card: what is given back was not taken\n");
    std::abort();
  }
  Block block = std::move(known->second);
  blocks.erase(known);
  return block;
}

CUresult allocate(CUdeviceptr* address, std::size_t bytes, CUstream) {
  if (machine().counts.bytes_allocated + bytes > machine().memory) return CUDA_ERROR_OUT_OF_MEMORY;
  machine().counts.bytes_allocated += bytes;
  *address = reinterpret_cast<std::uintptr_t>(new_block(machine().blocks, bytes)) | kDeviceBit;
  return CUDA_SUCCESS;
}

CUresult give_back(CUdeviceptr address, CUstream stream) {
  Block block = forget_block(machine().blocks, host_address(reinterpret_cast<void*>(address)));
  machine().counts.bytes_allocated -= block.bytes;
  enqueue(stream, [memory = std::move(block.memory)]() mutable { memory = nullptr; });
  return CUDA_SUCCESS;
}

CUresult copy(CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream stream) {
  enqueue(stream, [=] {
    std::memcpy(host_address(reinterpret_cast<void*>(to)), host_address(reinterpret_cast<void*>(from)), bytes);
  });
  return CUDA_SUCCESS;
}

CUresult launch(CUfunction function, unsigned int blocks, unsigned int, unsigned int, unsigned int threads,
                unsigned int, unsigned int, unsigned int, CUstream stream, void** parameters, void**) {
  if (blocks == 0 || threads == 0 || threads > 1024) return CUDA_ERROR_INVALID_VALUE;
  const auto* const given = static_cast<void**>(parameters[0]);
  std::vector<void*> operands(given, given + function->kernels->num_operands(function->name));
  for (void*& operand : operands) operand = host_address(operand);
  enqueue(stream, [=] {
    ++machine().counts.kernels;
    function->kernels->run(function->name, blocks, threads, operands.data());
  });
  return CUDA_SUCCESS;
}

void add_properties(cuda::Driver& driver) {
  driver.init = [](unsigned int) { return CUDA_SUCCESS; };
  driver.driver_get_version = [](int* version) { return *version = CUDA_VERSION, CUDA_SUCCESS; };
  driver.get_error_name = [](CUresult, const char** name) {
    return *name = "CUDA_ERROR_OF_THE_EMULATION", CUDA_SUCCESS;
  };
  driver.get_error_string = [](CUresult, const char** text) { return *text = "an emulated error", CUDA_SUCCESS; };
  driver.device_get_count = [](int* count) { return *count = 1, CUDA_SUCCESS; };
  driver.device_get = [](CUdevice* device, int number) { return *device = number, CUDA_SUCCESS; };
  driver.device_get_name = [](char* name, int size, CUdevice) {
    std::snprintf(name, static_cast<std::size_t>(size), "Emulated card");
    return CUDA_SUCCESS;
  };
  driver.device_get_attribute = [](int* value, CUdevice_attribute attribute, CUdevice) {
    *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? 9 : 0;
    return CUDA_SUCCESS;
  };
  driver.device_total_mem = [](std::size_t* bytes, CUdevice) { return *bytes = machine().memory, CUDA_SUCCESS; };
  driver.device_get_default_mem_pool = [](CUmemoryPool* pool, CUdevice) { return *pool = nullptr, CUDA_SUCCESS; };
  driver.primary_ctx_retain = [](CUcontext* context, CUdevice) { return *context = nullptr, CUDA_SUCCESS; };
  driver.ctx_set_current = [](CUcontext) { return CUDA_SUCCESS; };
  driver.mem_pool_set_attribute = [](CUmemoryPool, CUmemPool_attribute, void*) { return CUDA_SUCCESS; };
}

void add_memory(cuda::Driver& driver) {
  driver.mem_alloc_async = allocate;
  driver.mem_free_async = give_back;
  driver.mem_host_alloc = [](void** memory, std::size_t bytes, unsigned int) {
    *memory = new_block(machine().host_blocks, bytes);
    return CUDA_SUCCESS;
  };
  driver.mem_free_host = [](void* memory) {
    forget_block(machine().host_blocks, memory);
    return CUDA_SUCCESS;
  };
  driver.memcpy_async = copy;
}

void add_streams(cuda::Driver& driver) {
  driver.stream_create = [](CUstream* stream, unsigned int) {
    machine().streams.push_back(std::make_unique<CUstream_st>());
    *stream = machine().streams.back().get();
    return CUDA_SUCCESS;
  };
  driver.stream_synchronize = [](CUstream stream) {
    do_until(stream, number_of_last(stream));
    return CUDA_SUCCESS;
  };
  driver.event_create = [](CUevent* event, unsigned int) {
    machine().events.push_back(std::make_unique<CUevent_st>());
    *event = machine().events.back().get();
    return CUDA_SUCCESS;
  };
  driver.event_record = [](CUevent event, CUstream stream) {
    event->stream = stream;
    event->after = number_of_last(stream);
    return CUDA_SUCCESS;
  };
  driver.stream_wait_event = [](CUstream stream, CUevent event, unsigned int) {
    enqueue(stream, [other = event->stream, after = event->after] { do_until(other, after); });
    return CUDA_SUCCESS;
  };
  driver.stream_begin_capture = [](CUstream stream, CUstreamCaptureMode) {
    stream->recording = std::make_unique<CUgraph_st>();
    return CUDA_SUCCESS;
  };
  driver.stream_end_capture = [](CUstream stream, CUgraph* graph) {
    *graph = stream->recording.release();
    return CUDA_SUCCESS;
  };
  driver.graph_instantiate = [](CUgraphExec* executable, CUgraph graph, unsigned long long) {
    *executable = new CUgraphExec_st{graph->work};
    return CUDA_SUCCESS;
  };
  driver.graph_launch = [](CUgraphExec executable, CUstream stream) {
    ++machine().counts.graph_launches;
    for (const std::function<void()>& work : executable->work) enqueue(stream, work);
    return CUDA_SUCCESS;
  };
  driver.graph_exec_destroy = [](CUgraphExec executable) { return delete executable, CUDA_SUCCESS; };
  driver.graph_destroy = [](CUgraph graph) { return delete graph, CUDA_SUCCESS; };
}

void add_kernels(cuda::Driver& driver) {
  driver.module_load_data = [](CUmodule* module, const void* image) {
    machine().modules.push_back(std::make_unique<CUmod_st>(static_cast<const char*>(image)));
    ++machine().counts.modules;
    *module = machine().modules.back().get();
    return CUDA_SUCCESS;
  };
  driver.module_get_function = [](CUfunction* function, CUmodule module, const char* name) {
    if (!module->kernels.has(name)) return CUDA_ERROR_NOT_FOUND;
    module->functions.push_back(std::make_unique<CUfunc_st>(CUfunc_st{&module->kernels, name}));
    *function = module->functions.back().get();
    return CUDA_SUCCESS;
  };
  driver.launch_kernel = launch;
  driver.launch_host_func = [](CUstream stream, CUhostFn function, void* data) {
    enqueue(stream, [=] { function(data); });
    return CUDA_SUCCESS;
  };
}

std::vector<DeviceInfo> list() {
  return {{.name = "gpu:0",
           .description = "Emulated card",
           .memory_bytes = machine().memory,
           .usable = true,
           .reason = ""}};
}

std::shared_ptr<Queue> open(int number) { return std::make_shared<cuda::Card>(emulated_libraries(), number); }

}  // namespace

void* host_address(const void* address) {
  return reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(address) & ~kDeviceBit);
}

void enqueue(CUstream stream, std::function<void()> work) {
  if (stream->recording) {
    stream->recording->work.push_back(std::move(work));
  } else {
    stream->work.push_back(std::move(work));
  }
}

cuda::Libraries emulated_libraries() {
  cuda::Libraries libraries;
  add_properties(libraries.driver);
  add_memory(libraries.driver);
  add_streams(libraries.driver);
  add_kernels(libraries.driver);
  libraries.compile = [](const std::string& text, const std::string&, cuda::ComputeCapability) {
    // The host's compiler runs here, where several kernels are compiled at once; a module finds what it made.
    const HostKernels kernels(text);
    return std::vector<char>(text.c_str(), text.c_str() + text.size() + 1);
  };
  libraries.cublas_lt = emulated_cublas_lt();
  libraries.cudnn = emulated_cudnn();
  return libraries;
}

EmulatedCard::EmulatedCard() : before_(register_gpus({list, open})) {
  const std::size_t bytes = machine().counts.bytes_allocated;
  machine().counts = {};
  machine().counts.bytes_allocated = bytes;
}

EmulatedCard::~EmulatedCard() {
  set_default_device("cpu");
  register_gpus(before_);
  machine().memory = std::size_t{1} << 32;
}

const EmulatedCard::Counts& EmulatedCard::counts() { return machine().counts; }

void EmulatedCard::set_memory(std::size_t bytes) { machine().memory = bytes; }

}  // namespace cornu::test
