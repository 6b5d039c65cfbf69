#include "framework/executor/program.h"

#include <cstdio>

#include "framework/error.h"
#include "framework/executor/ir/ir.h"
#include "framework/executor/optimise.h"
#include "framework/executor/profiler.h"
#include "framework/executor/runner.h"
#include "framework/executor/schedule.h"
#include "framework/numerics.h"

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
  Implementation(Ir imported, const TensorSpecs& feed_specs)
      : feed_specs_(feed_specs), runner_(runner_of(optimised(std::move(imported)), {}, fetch_specs_)) {
    return_free_memory();
  }

  const TensorSpecs& feed_specs() const { return feed_specs_; }
  const TensorSpecs& fetch_specs() const { return fetch_specs_; }
  const Runner& runner() const { return *runner_; }
  bool is_current() const { return settings_ == numeric_settings(); }

 private:
  static std::unique_ptr<Runner> runner_of(Ir ir, const std::vector<ProloguePacking>& packings,
                                           TensorSpecs& fetch_specs) {
    for (const int fetch : ir.fetches) fetch_specs.push_back(ir.spec(fetch));
    if (ir.prologue) *ir.prologue = optimised(std::move(*ir.prologue));
    auto schedule = Schedule::of(ir, packings);
    if (dumps_passes()) std::fprintf(stderr, "== plan: %s", schedule->to_string().c_str());
    std::unique_ptr<Runner> prologue;
    if (ir.prologue) prologue = runner_of(std::move(*ir.prologue), schedule->prologue_packings, fetch_specs);
    return std::make_unique<Runner>(std::move(schedule), std::move(prologue));
  }

  TensorSpecs feed_specs_;
  TensorSpecs fetch_specs_;
  NumericSettings settings_ = numeric_settings();
  std::unique_ptr<Runner> runner_;
};

Program::Program(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Program::~Program() = default;

std::shared_ptr<Program> Program::compile(const std::shared_ptr<Graph>& graph, const Tensors& feeds,
                                          const TensorSpecs& feed_specs, const Tensors& fetches) {
  // Kernels for folded constants and the like run at once, whatever is being traced around this.
  const GraphScope eager(nullptr);
  Ir ir = import_graph(*graph, feeds, feed_specs, fetches);
  return std::shared_ptr<Program>(new Program(std::make_unique<Implementation>(std::move(ir), feed_specs)));
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
  return profile_of(implementation_->runner(), feeds, fetches, options);
}

void Program::run(std::span<const void* const> feeds, std::span<void* const> fetches) const {
  implementation_->runner().run(feeds, fetches);
}

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
