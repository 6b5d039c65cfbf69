#pragma once

#include <span>

#include "framework/executor/schedule.h"

namespace cornu {

/// Runs a schedule, on the CPU or on a device. Feeds and fetches lie in the host's memory.
class ProgramRunner {
 public:
  ProgramRunner() = default;
  ProgramRunner(const ProgramRunner&) = delete;
  ProgramRunner& operator=(const ProgramRunner&) = delete;
  virtual ~ProgramRunner() = default;

  virtual const Schedule& schedule() const = 0;

  virtual void run(std::span<const void* const> feeds, std::span<void* const> fetches) const = 0;

  /// Begins a run, which is over, and has written the fetches, when `wait` returns. A device works meanwhile; the CPU
  /// does all of it at once. The feeds may change as soon as this returns.
  /// `are_brought` says that the feeds are those of the last `bring`, unchanged since.
  virtual void start(std::span<const void* const> feeds, std::span<void* const> fetches, bool /*are_brought*/) const {
    run(feeds, fetches);
  }
  virtual void wait() const {}

  /// Begins to bring these feeds to where the program runs, for a run that is told so.
  virtual void bring(std::span<const void* const> /*feeds*/) const {}
};

}  // namespace cornu
