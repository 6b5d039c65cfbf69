#include "framework/executor/program.h"

#include <cstdio>
#include <cstring>
#include <mutex>

#include "framework/error.h"
#include "framework/executor/ir/ir.h"
#include "framework/executor/optimise.h"
#include "framework/executor/schedule.h"
#include "framework/float32_precision.h"

namespace cornu {

class Program::Implementation {
 public:
  Implementation(Ir imported, const TensorSpecs& feed_specs) : feed_specs_(feed_specs) {
    Ir ir = optimised(std::move(imported));
    for (const int fetch : ir.fetches) fetch_specs_.push_back(ir.spec(fetch));
    schedule_ = Schedule::of(ir);
    if (dumps_passes()) std::fprintf(stderr, "== plan: %s", schedule_->to_string().c_str());
    if (ir.prologue) add_prologue(std::move(*ir.prologue));
  }

  const TensorSpecs& feed_specs() const { return feed_specs_; }
  const TensorSpecs& fetch_specs() const { return fetch_specs_; }
  std::size_t arena_bytes() const { return schedule_->arena_bytes + schedule_->scratch_bytes; }

  bool is_current() const { return precision_ == float32_precision(); }

  std::vector<std::string> step_operations() const {
    std::vector<std::string> names;
    for (const Step& step : schedule_->steps) names.push_back(step.operation);
    return names;
  }

  void run(std::span<const void* const> feeds, std::span<void* const> fetches) const {
    if (prologue_) run_prologue();
    std::unique_ptr<Context> context = take_context();
    bind(*context, feeds, fetches);
    auto* scratch = static_cast<std::byte*>(context->arena.get()) + schedule_->arena_bytes;
    for (std::size_t s = 0; s < schedule_->steps.size(); ++s) {
      void* const* arguments = context->arguments.data() + schedule_->argument_begin[s];
      schedule_->steps[s].kernel->run({arguments, arguments + schedule_->steps[s].inputs.size(), scratch});
    }
    finish(*context, fetches);
    give_back(std::move(context));
  }

 private:
  // What one run works in; taken from a pool, so that several threads can run at once.
  struct Context {
    Storage arena;
    std::vector<void*> operands;
    std::vector<void*> arguments;
    std::vector<Storage> packed;
    std::vector<void*> variables;
  };

  // ---- the prologue: a program of its own, which writes variables that only this one reads

  void add_prologue(Ir prologue) {
    prologue_ = std::make_unique<Implementation>(std::move(prologue), TensorSpecs{});
    for (std::size_t i = 0; i < prologue_->schedule_->variables.size(); ++i) {
      if (!prologue_->schedule_->written[i]) prologue_sources_.push_back(prologue_->schedule_->variables[i]);
    }
    prologue_versions_.resize(prologue_sources_.size());
  }

  // Another thread that runs meanwhile goes on with the values of before, or races as with any writer of variables.
  void run_prologue() const {
    const std::lock_guard lock(prologue_mutex_);
    bool is_current = prologue_has_run_;
    for (std::size_t i = 0; i < prologue_sources_.size(); ++i) {
      const std::uint64_t version = prologue_sources_[i].version();
      is_current = is_current && prologue_versions_[i] == version;
      prologue_versions_[i] = version;
    }
    if (!is_current) prologue_->run({}, {});
    prologue_has_run_ = true;
  }

  // ---- running

  std::unique_ptr<Context> take_context() const {
    {
      const std::lock_guard lock(pool_mutex_);
      if (!pool_.empty()) {
        std::unique_ptr<Context> context = std::move(pool_.back());
        pool_.pop_back();
        return context;
      }
    }
    auto context = std::make_unique<Context>();
    context->arena = allocate_storage(schedule_->arena_bytes + schedule_->scratch_bytes);
    context->operands.resize(schedule_->locations.size());
    context->arguments.resize(schedule_->num_arguments);
    context->packed.resize(schedule_->packed_variables.size());
    context->variables.resize(schedule_->variables.size());
    {
      const std::lock_guard lock(pool_mutex_);
      ++num_contexts_;
      pool_.reserve(num_contexts_);
    }
    return context;
  }

  void give_back(std::unique_ptr<Context> context) const {
    const std::lock_guard lock(pool_mutex_);
    pool_.push_back(std::move(context));
  }

  void bind(Context& context, std::span<const void* const> feeds, std::span<void* const> fetches) const {
    if (schedule_->packed_variables.size() > 0) schedule_->packed_variables.current(context.packed);
    for (std::size_t i = 0; i < schedule_->variables.size(); ++i)
      context.variables[i] = schedule_->variables[i].data(schedule_->written[i]);
    for (std::size_t i = 0; i < schedule_->locations.size(); ++i) {
      const Location& location = schedule_->locations[i];
      switch (location.kind) {
        case Location::Kind::kArena:
          context.operands[i] = static_cast<std::byte*>(context.arena.get()) + location.index;
          break;
        case Location::Kind::kConstant: context.operands[i] = schedule_->constants[location.index].raw(); break;
        // Kernels take inputs as pointers to const; one table serves inputs and outputs.
        case Location::Kind::kFeed: context.operands[i] = const_cast<void*>(feeds[location.index]); break;
        case Location::Kind::kFetch: context.operands[i] = fetches[location.index]; break;
        case Location::Kind::kVariable: context.operands[i] = context.variables[location.index]; break;
        case Location::Kind::kPacked: context.operands[i] = context.packed[location.index].get(); break;
      }
    }
    for (std::size_t s = 0; s < schedule_->steps.size(); ++s) {
      void** argument = context.arguments.data() + schedule_->argument_begin[s];
      for (int input : schedule_->steps[s].inputs) *argument++ = context.operands[index(input)];
      for (int output : schedule_->steps[s].outputs) *argument++ = context.operands[index(output)];
    }
  }

  void finish(const Context& context, std::span<void* const> fetches) const {
    for (const Copy& copy : schedule_->fetch_copies)
      std::memcpy(fetches[copy.target], context.operands[index(copy.source)], copy.bytes);
    for (const Copy& copy : schedule_->set_aside)
      std::memcpy(context.operands[copy.target], context.operands[index(copy.source)], copy.bytes);
    for (const Copy& copy : schedule_->update_copies) {
      std::memcpy(context.variables[schedule_->update_variables[copy.target]], context.operands[index(copy.source)],
                  copy.bytes);
    }
    for (std::size_t i = 0; i < schedule_->variables.size(); ++i) {
      if (schedule_->written[i]) schedule_->variables[i].mark_written();
    }
  }

  static std::size_t index(int number) { return static_cast<std::size_t>(number); }

  TensorSpecs feed_specs_;
  TensorSpecs fetch_specs_;
  std::string precision_ = float32_precision();
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<Implementation> prologue_;
  Variables prologue_sources_;
  mutable std::mutex prologue_mutex_;
  mutable bool prologue_has_run_ = false;
  mutable std::vector<std::uint64_t> prologue_versions_;  // of the sources when it ran last
  mutable std::mutex pool_mutex_;
  mutable std::vector<std::unique_ptr<Context>> pool_;
  mutable std::size_t num_contexts_ = 0;
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
std::size_t Program::arena_bytes() const { return implementation_->arena_bytes(); }
bool Program::is_current() const { return implementation_->is_current(); }
std::vector<std::string> Program::step_operations() const { return implementation_->step_operations(); }

void Program::run(std::span<const void* const> feeds, std::span<void* const> fetches) const {
  implementation_->run(feeds, fetches);
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
