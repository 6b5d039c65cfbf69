#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "framework/executor/program_runner.h"
#include "framework/idle_pool.h"

namespace cornu {

/// Runs a schedule on the CPU: lends memory to each run and tells every kernel where its operands lie.
///
/// Several threads may run it at once. Once as many contexts are there as threads run at once, and no variable changes,
/// a run takes no lock and allocates nothing.
class Runner final : public ProgramRunner {
 public:
  /// `prologue` computes variables that `schedule` reads, from others; it runs when one of those has changed.
  Runner(std::unique_ptr<const Schedule> schedule, std::unique_ptr<const Runner> prologue);

  const Schedule& schedule() const override { return *schedule_; }

  void run(std::span<const void* const> feeds, std::span<void* const> fetches) const override;

 private:
  // What one run works in; taken from a pool.
  struct Context {
    Storage arena;
    std::vector<void*> arguments;  // of all kernels, one after the other
    std::vector<void*> variables;
    PackedVariables::Copies packed;
  };

 public:
  /// One run under way, step by step.
  class Turn {
   public:
    Turn(const Runner& runner, std::span<const void* const> feeds, std::span<void* const> fetches);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

    /// Steps are to be run in their order; running one again needs its inputs as they were.
    void run_step(std::size_t step) const;
    /// Where the inputs of a step lie, and after them its outputs.
    std::span<void* const> operands(std::size_t step) const;
    /// What is left when all steps have run: copies, and word that variables have changed.
    void finish() const;

   private:
    void bind();
    void* address(const Location& location) const;

    const Runner& runner_;
    std::span<const void* const> feeds_;
    std::span<void* const> fetches_;
    std::unique_ptr<Context> context_;
  };

 private:
  // An argument of a kernel that lies elsewhere in every run.
  struct MovingArgument {
    std::size_t argument;
    Location location;
  };

  std::unique_ptr<Context> new_context() const;
  void run_prologue_if_stale() const;

  std::unique_ptr<const Schedule> schedule_;
  std::vector<MovingArgument> moving_;
  IdlePool<Context> contexts_;

  std::unique_ptr<const Runner> prologue_;
  mutable std::mutex prologue_mutex_;
  mutable std::atomic<std::uint64_t> prologue_stamp_{0};  // of its sources; 0: never ran
};

}  // namespace cornu
