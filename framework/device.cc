#include "framework/device.h"

#include <unistd.h>

#include <atomic>
#include <charconv>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "framework/error.h"
#include "framework/queue.h"

namespace cornu {
namespace {

GpuBackend& gpu_backend() {
  static GpuBackend backend;
  return backend;
}

// What Linux calls the first processor; not all architectures have a name there.
std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "CPU";
}

DeviceInfo cpu() {
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const auto page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
  return {.name = "cpu:0", .description = cpu_model(), .memory_bytes = pages * page_size, .usable = true, .reason = ""};
}

// The number in "gpu:1"; 0 in "gpu".
std::optional<int> number_in(const std::string& device, const std::string& kind) {
  if (device == kind) return 0;
  if (!device.starts_with(kind + ":")) return std::nullopt;
  const char* first = device.data() + kind.size() + 1;
  const char* last = device.data() + device.size();
  int number = 0;
  const auto [end, error] = std::from_chars(first, last, number);
  if (error != std::errc() || end != last || number < 0) return std::nullopt;
  return number;
}

// Open queues by number: opened once, for the rest of the process.
struct OpenQueues {
  std::mutex mutex;
  std::map<int, std::shared_ptr<Queue>> queues;
};
OpenQueues& open_queues() {
  // Never destroyed: weights in static variables may hold memory of a card to the very end.
  static auto* const queues = new OpenQueues;
  return *queues;
}

std::shared_ptr<Queue> open_gpu(int number) {
  const std::string name = "gpu:" + std::to_string(number);
  std::string known;
  for (const DeviceInfo& device : list_devices()) {
    if (device.name == name || device.name == "gpu") {
      if (device.usable) return gpu_backend().open(number);
      throw Unsupported("device '" + name + "' cannot be used: " + device.reason);
    }
    known += (known.empty() ? "" : ", ") + device.name;
  }
  throw Unsupported("device '" + name + "' is not there; this machine has " + known);
}

constexpr int kCpu = -1;
constexpr int kNoScope = -2;
std::atomic<int> process_default{kCpu};
thread_local int scoped = kNoScope;

// The number of a card, or kCpu; the device can be used.
int checked_device(const std::string& device) {
  if (!queue_of(device)) return kCpu;
  return *number_in(device, "gpu");
}

}  // namespace

std::vector<DeviceInfo> list_devices() {
  std::vector<DeviceInfo> devices{cpu()};
  if (gpu_backend().list) {
    const std::vector<DeviceInfo> gpus = gpu_backend().list();
    devices.insert(devices.end(), gpus.begin(), gpus.end());
  } else {
    devices.push_back(
        {.name = "gpu",
         .description = "",
         .memory_bytes = 0,
         .usable = false,
         .reason = "cornu was built without CUDA: install the CUDA toolkit and build with -DCORNU_CUDA=ON"});
  }
  return devices;
}

std::shared_ptr<Queue> queue_of(const std::string& device) {
  if (number_in(device, "cpu") == 0) return nullptr;
  const std::optional<int> number = number_in(device, "gpu");
  if (!number) throw InvalidArgument("expected a device such as 'cpu:0' or 'gpu:0'; got '" + device + "'");
  OpenQueues& open = open_queues();
  const std::lock_guard lock(open.mutex);
  std::shared_ptr<Queue>& queue = open.queues[*number];
  if (!queue) queue = open_gpu(*number);
  return queue;
}

void set_default_device(const std::string& device) { process_default = checked_device(device); }

int default_gpu() { return scoped == kNoScope ? process_default.load() : scoped; }

std::string default_device() {
  const int gpu = default_gpu();
  return gpu == kCpu ? "cpu:0" : "gpu:" + std::to_string(gpu);
}

DeviceScope::DeviceScope(const std::string& device) : before_(scoped) { scoped = checked_device(device); }
DeviceScope::~DeviceScope() { scoped = before_; }

void set_memory_limit(const std::string& device, std::uint64_t bytes) {
  const std::shared_ptr<Queue> queue = queue_of(device);
  if (!queue) throw Unsupported("set_memory_limit: only the memory of cards has a limit; got device '" + device + "'");
  queue->set_memory_limit(bytes);
}

GpuBackend register_gpus(const GpuBackend& backend) {
  OpenQueues& open = open_queues();
  const std::lock_guard lock(open.mutex);
  open.queues.clear();
  return std::exchange(gpu_backend(), backend);
}

}  // namespace cornu
