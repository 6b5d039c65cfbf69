#include "framework/executor/program.h"

#include <cstdio>
#include <map>

#include "framework/device.h"
#include "framework/error.h"
#include "framework/executor/device_runner.h"
#include "framework/executor/host_kernel.h"
#include "framework/executor/ir/ir.h"
#include "framework/executor/optimise.h"
#include "framework/executor/profiler.h"
#include "framework/executor/runner.h"
#include "framework/executor/schedule.h"
#include "framework/numerics.h"
#include "framework/queue.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace cornu {

namespace {

// Building layers and compiling leave free memory between what stays. It goes back to the system before a program takes
// an arena.
void return_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace

class Program::Implementation {
 public:
  Implementation(Ir imported, const TensorSpecs& feed_specs, const std::string& name)
      : feed_specs_(feed_specs), queue_(queue_of(device_)) {
    if (queue_) imported.backend = queue_->backend();
    Ir ir = optimised(std::move(imported));
    for (const int fetch : ir.fetches) fetch_specs_.push_back(ir.spec(fetch));
    if (queue_) {
      runner_ = device_runner_of(std::move(ir), name);
      warn_of_host_operations(name);
    } else {
      auto runner = runner_of(std::move(ir), {});
      cpu_runner_ = runner.get();
      runner_ = std::move(runner);
    }
    return_free_memory();
  }

  const TensorSpecs& feed_specs() const { return feed_specs_; }
  const TensorSpecs& fetch_specs() const { return fetch_specs_; }
  const ProgramRunner& runner() const { return *runner_; }
  const Runner* cpu_runner() const { return cpu_runner_; }
  const std::string& device() const { return device_; }
  bool is_current() const { return settings_ == numeric_settings() && gpu_ == default_gpu(); }

  std::vector<std::string> host_operations() const {
    std::vector<std::string> names;
    for (const Step& step : runner_->schedule().steps) {
      if (dynamic_cast<const HostKernel*>(step.kernel.get())) names.push_back(step.operation);
    }
    return names;
  }

 private:
  std::unique_ptr<Runner> runner_of(Ir ir, const std::vector<ProloguePacking>& packings) const {
    auto schedule = schedule_of(ir, packings);
    std::unique_ptr<Runner> prologue;
    if (ir.prologue) prologue = runner_of(std::move(*ir.prologue), schedule->prologue_packings);
    return std::make_unique<Runner>(std::move(schedule), std::move(prologue));
  }

  std::unique_ptr<DeviceRunner> device_runner_of(Ir ir, const std::string& name) const {
    auto schedule = schedule_of(ir, {});
    std::unique_ptr<DeviceRunner> prologue;
    if (ir.prologue) prologue = device_runner_of(std::move(*ir.prologue), "the prologue of " + name);
    return std::make_unique<DeviceRunner>(std::move(schedule), std::move(prologue), queue_, name);
  }

  std::unique_ptr<Schedule> schedule_of(Ir& ir, const std::vector<ProloguePacking>& packings) const {
    if (ir.prologue) *ir.prologue = optimised(std::move(*ir.prologue));
    auto schedule = Schedule::of(ir, packings);
    if (dumps_passes()) std::fprintf(stderr, "== plan: %s", schedule->to_string().c_str());
    return schedule;
  }

  // Never silently: each step costs two journeys through the bus.
  void warn_of_host_operations(const std::string& name) const {
    std::size_t bytes = 0;
    std::map<std::string, int> counts;
    for (const Step& step : runner_->schedule().steps) {
      const auto* kernel = dynamic_cast<const HostKernel*>(step.kernel.get());
      if (!kernel) continue;
      bytes += kernel->bytes_to_host() + kernel->bytes_from_host();
      ++counts[step.operation];
    }
    if (counts.empty()) return;
    std::string list;
    for (const auto& [operation, count] : counts)
      list += (list.empty() ? "" : ", ") + operation + (count > 1 ? " (" + std::to_string(count) + " times)" : "");
    std::fprintf(stderr,
                 "cornu: %s computes on the host what %s has no kernel for: %s; %zu bytes are copied in each run\n",
                 name.c_str(), device_.c_str(), list.c_str(), bytes);
  }

  int gpu_ = default_gpu();
  std::string device_ = default_device();
  TensorSpecs feed_specs_;
  TensorSpecs fetch_specs_;
  NumericSettings settings_ = numeric_settings();
  std::shared_ptr<Queue> queue_;  // null for the CPU
  std::unique_ptr<const ProgramRunner> runner_;
  const Runner* cpu_runner_ = nullptr;
};

Program::Program(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Program::~Program() = default;

std::shared_ptr<Program> Program::compile(const std::shared_ptr<Graph>& graph, const Tensors& feeds,
                                          const TensorSpecs& feed_specs, const Tensors& fetches) {
  // Kernels for folded constants and the like run at once, whatever is being traced around this.
  const GraphScope eager(nullptr);
  Ir ir = import_graph(*graph, feeds, feed_specs, fetches);
  return std::shared_ptr<Program>(
      new Program(std::make_unique<Implementation>(std::move(ir), feed_specs, graph->name())));
}

std::shared_ptr<Program> Program::compile(const std::shared_ptr<Graph>& graph, const Tensors& feeds,
                                          const Tensors& fetches) {
  TensorSpecs specs;
  for (const Tensor& feed : feeds) specs.push_back(feed.spec());
  return compile(graph, feeds, specs, fetches);
}

const TensorSpecs& Program::feed_specs() const { return implementation_->feed_specs(); }
const TensorSpecs& Program::fetch_specs() const { return implementation_->fetch_specs(); }
std::size_t Program::arena_bytes() const { return implementation_->runner().schedule().arena_bytes; }
bool Program::is_current() const { return implementation_->is_current(); }

std::vector<std::string> Program::step_operations() const {
  std::vector<std::string> names;
  for (const Step& step : implementation_->runner().schedule().steps) names.push_back(step.operation);
  return names;
}

ProgramProfile Program::profile(std::span<const void* const> feeds, std::span<void* const> fetches,
                                const ProfileOptions& options) const {
  if (!implementation_->cpu_runner()) {
    throw Unsupported("Program::profile: expected a program of the CPU; this one runs on " + device() +
                      ". NVIDIA's Nsight Systems shows the kernels of a card by the names of their operations");
  }
  return profile_of(*implementation_->cpu_runner(), feeds, fetches, options);
}

void Program::run(std::span<const void* const> feeds, std::span<void* const> fetches) const {
  implementation_->runner().run(feeds, fetches);
}

void Program::start(std::span<const void* const> feeds, std::span<void* const> fetches, bool are_brought) const {
  implementation_->runner().start(feeds, fetches, are_brought);
}
void Program::wait() const { implementation_->runner().wait(); }
void Program::bring(std::span<const void* const> feeds) const { implementation_->runner().bring(feeds); }

const std::string& Program::device() const { return implementation_->device(); }
std::vector<std::string> Program::host_operations() const { return implementation_->host_operations(); }

Tensors Program::run(const Tensors& feeds) const {
  const TensorSpecs& expected = feed_specs();
  if (feeds.size() != expected.size()) {
    throw InvalidArgument("Program: expected " + std::to_string(expected.size()) + " feeds; got " +
                          std::to_string(feeds.size()));
  }
  std::vector<const void*> sources;
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    if (feeds[i].spec() != expected[i]) {
      throw ShapeError("Program: expected " + expected[i].to_string() + " for feed " + std::to_string(i) + "; got " +
                       feeds[i].spec().to_string());
    }
    sources.push_back(feeds[i].raw());
  }
  Tensors results;
  std::vector<void*> targets;
  for (const TensorSpec& spec : fetch_specs()) {
    results.push_back(Tensor::empty(spec.shape, spec.dtype));
    targets.push_back(results.back().raw());
  }
  run(sources, targets);
  return results;
}

}  // namespace cornu
