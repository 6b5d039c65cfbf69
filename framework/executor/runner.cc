#include "framework/executor/runner.h"

#include <cstring>

namespace cornu {
namespace {

std::size_t index(int number) { return static_cast<std::size_t>(number); }

bool is_moving(const Location& location) {
  return location.kind != Location::Kind::kArena && location.kind != Location::Kind::kConstant;
}

}  // namespace

Runner::Runner(std::unique_ptr<const Schedule> schedule, std::unique_ptr<const Runner> prologue)
    : schedule_(std::move(schedule)), prologue_(std::move(prologue)) {
  for (std::size_t s = 0; s < schedule_->steps.size(); ++s) {
    std::size_t argument = schedule_->argument_begin[s];
    for (const auto* operands : {&schedule_->steps[s].inputs, &schedule_->steps[s].outputs}) {
      for (int operand : *operands) {
        const Location& location = schedule_->locations[index(operand)];
        if (is_moving(location)) moving_.push_back({argument, location});
        ++argument;
      }
    }
  }
}

void Runner::run(std::span<const void* const> feeds, std::span<void* const> fetches) const {
  const Turn turn(*this, feeds, fetches);
  for (std::size_t s = 0; s < schedule_->steps.size(); ++s) turn.run_step(s);
  turn.finish();
}

// Another thread that runs meanwhile goes on with the values of before, or races as with any writer of variables.
void Runner::run_prologue_if_stale() const {
  if (prologue_stamp_.load(std::memory_order_acquire) == prologue_->schedule_->source_stamp()) return;
  const std::lock_guard lock(prologue_mutex_);
  const std::uint64_t stamp = prologue_->schedule_->source_stamp();
  if (prologue_stamp_.load(std::memory_order_relaxed) == stamp) return;
  prologue_->run({}, {});
  // It runs once in a long while: its memory is not kept.
  prologue_->contexts_.clear();
  prologue_stamp_.store(stamp, std::memory_order_release);
}

std::unique_ptr<Runner::Context> Runner::new_context() const {
  auto context = std::make_unique<Context>();
  context->arena = allocate_lasting_storage(schedule_->arena_bytes);
  context->variables.resize(schedule_->variables.size());
  context->arguments.resize(schedule_->num_arguments);
  for (std::size_t s = 0; s < schedule_->steps.size(); ++s) {
    void** argument = context->arguments.data() + schedule_->argument_begin[s];
    for (const auto* operands : {&schedule_->steps[s].inputs, &schedule_->steps[s].outputs}) {
      for (int operand : *operands) {
        const Location& location = schedule_->locations[index(operand)];
        if (location.kind == Location::Kind::kArena) {
          *argument = static_cast<std::byte*>(context->arena.get()) + location.index;
        } else if (location.kind == Location::Kind::kConstant) {
          *argument = schedule_->constants[location.index].raw();
        }
        ++argument;
      }
    }
  }
  return context;
}

Runner::Turn::Turn(const Runner& runner, std::span<const void* const> feeds, std::span<void* const> fetches)
    : runner_(runner), feeds_(feeds), fetches_(fetches) {
  if (runner.prologue_) runner.run_prologue_if_stale();
  context_ = runner.contexts_.take();
  if (!context_) context_ = runner.new_context();
  bind();
}

Runner::Turn::~Turn() { runner_.contexts_.give_back(std::move(context_)); }

void Runner::Turn::bind() {
  const Schedule& schedule = *runner_.schedule_;
  schedule.packed_variables.refresh(context_->packed);
  for (std::size_t i = 0; i < schedule.variables.size(); ++i)
    context_->variables[i] = schedule.variables[i].data(schedule.written[i]);
  for (const MovingArgument& moving : runner_.moving_) context_->arguments[moving.argument] = address(moving.location);
}

void* Runner::Turn::address(const Location& location) const {
  switch (location.kind) {
    case Location::Kind::kArena: return static_cast<std::byte*>(context_->arena.get()) + location.index;
    case Location::Kind::kConstant: return runner_.schedule_->constants[location.index].raw();
    // Kernels take inputs as pointers to const; one table serves inputs and outputs.
    case Location::Kind::kFeed: return const_cast<void*>(feeds_[location.index]);
    case Location::Kind::kFetch: return fetches_[location.index];
    case Location::Kind::kVariable: return context_->variables[location.index];
    case Location::Kind::kPacked: return context_->packed.copies[location.index].get();
  }
  return nullptr;
}

std::span<void* const> Runner::Turn::operands(std::size_t step) const {
  const Step& at = runner_.schedule_->steps[step];
  return {context_->arguments.data() + runner_.schedule_->argument_begin[step], at.inputs.size() + at.outputs.size()};
}

void Runner::Turn::run_step(std::size_t step) const {
  const Step& at = runner_.schedule_->steps[step];
  void* const* arguments = context_->arguments.data() + runner_.schedule_->argument_begin[step];
  at.kernel->run(
      {arguments, arguments + at.inputs.size(), static_cast<std::byte*>(context_->arena.get()) + at.scratch});
}

void Runner::Turn::finish() const {
  const Schedule& schedule = *runner_.schedule_;
  const auto source = [&](const Copy& copy) { return address(schedule.locations[index(copy.source)]); };
  for (const Copy& copy : schedule.fetch_copies) std::memcpy(fetches_[copy.target], source(copy), copy.bytes);
  for (const Copy& copy : schedule.set_aside)
    std::memcpy(address(schedule.locations[copy.target]), source(copy), copy.bytes);
  for (const Copy& copy : schedule.update_copies)
    std::memcpy(context_->variables[schedule.update_variables[copy.target]], source(copy), copy.bytes);
  for (std::size_t i = 0; i < schedule.variables.size(); ++i) {
    if (schedule.written[i]) schedule.variables[i].mark_written();
  }
}

}  // namespace cornu
