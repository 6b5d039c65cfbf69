#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/executor/program_runner.h"
#include "framework/queue.h"

namespace cornu {

/// Runs a schedule on a device: feeds go there, fetches come back, all else stays.
///
/// The first run puts every step into the device's queue; from then on what a run puts in is recorded and replayed as
/// one, and recorded anew when a variable or the memory it works in has moved. Several threads may run it; the device
/// works for one after another.
class DeviceRunner final : public ProgramRunner {
 public:
  /// `prologue` computes variables that `schedule` reads, from others; it runs when one of those has changed. `name`
  /// stands for the program where memory runs out.
  DeviceRunner(std::unique_ptr<const Schedule> schedule, std::unique_ptr<const DeviceRunner> prologue,
               std::shared_ptr<Queue> queue, std::string name);
  ~DeviceRunner() override;

  const Schedule& schedule() const override { return *schedule_; }
  void run(std::span<const void* const> feeds, std::span<void* const> fetches) const override;
  void start(std::span<const void* const> feeds, std::span<void* const> fetches, bool are_brought) const override;
  void wait() const override;
  void bring(std::span<const void* const> feeds) const override;

 private:
  // Where things lie in one piece of memory.
  struct Parts {
    std::vector<std::size_t> bytes;
    std::vector<std::size_t> offsets;
    std::size_t total = 0;
    void add(std::size_t size);
  };
  // Feeds of one run: while the device reads these, the next ones are brought to the other slot.
  struct Slot {
    Storage on_host;
    Storage on_device;
    bool is_brought = false;  // feeds lie here, not yet used
  };
  // What a run puts into the queue depends on these addresses alone.
  struct Addresses {
    void* workspace = nullptr;
    std::size_t slot = 0;
    std::vector<void*> variables;
    bool operator==(const Addresses&) const = default;
  };
  struct Recorded {
    Addresses addresses;
    std::unique_ptr<Queue::Recording> recording;  // null: ran once, not recorded yet
  };
  struct State;

  void run_prologue_if_stale() const;
  State& state() const;
  void upload_constants(State& state) const;
  std::size_t filled_slot(State& state, std::span<const void* const> feeds, bool are_brought) const;
  void bring_to(Slot& slot, std::span<const void* const> feeds) const;
  Addresses addresses(std::size_t slot) const;
  void* address(const State& state, const Addresses& at, const Location& location) const;
  void play(State& state, const Addresses& at) const;
  void put_in(State& state, const Addresses& at) const;
  void put_in_copies(State& state, const Addresses& at) const;

  std::unique_ptr<const Schedule> schedule_;
  std::unique_ptr<const DeviceRunner> prologue_;
  std::shared_ptr<Queue> queue_;
  std::string name_;
  Parts constants_;
  Parts feeds_;
  Parts fetches_;
  // All of it is used under the queue's lock.
  mutable std::unique_ptr<State> state_;
  mutable std::uint64_t prologue_stamp_ = 0;  // of its sources; 0: never ran
};

}  // namespace cornu
