#include "framework/executor/profiler.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>

#include "framework/executor/memory_traffic.h"

namespace cornu {
namespace {

std::size_t index(int number) { return static_cast<std::size_t>(number); }

template <typename F> double milliseconds_of(const F& f) {
  const auto begin = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// What is in some pieces of memory now, to be put back later.
class Backup {
 public:
  void add(void* memory, std::size_t bytes) {
    const auto* begin = static_cast<const std::byte*>(memory);
    pieces_.push_back({memory, {begin, begin + bytes}});
  }
  void restore() const {
    for (const Piece& piece : pieces_) std::memcpy(piece.memory, piece.content.data(), piece.content.size());
  }

 private:
  struct Piece {
    void* memory;
    std::vector<std::byte> content;
  };
  std::vector<Piece> pieces_;
};

class Profiler {
 public:
  Profiler(const Runner& runner, std::span<const void* const> feeds, std::span<void* const> fetches,
           const ProfileOptions& options)
      : runner_(runner), schedule_(runner.schedule()), feeds_(feeds), fetches_(fetches), options_(options) {}

  ProgramProfile run() {
    ProgramProfile profile;
    profile.arena_bytes = schedule_.arena_bytes;
    profile.alive_bytes = schedule_.alive_bytes;
    for (const Step& step : schedule_.steps) profile.steps.push_back(description_of(step));
    if (has_copies()) profile.steps.push_back(description_of_copies());
    add_memory_traffic(profile.steps);
    const Backup variables = backup_of_variables();
    measure_runs(profile);
    measure_steps_in_runs(profile.steps);
    measure_steps_alone(profile.steps);
    variables.restore();
    for (std::size_t i = 0; i < schedule_.variables.size(); ++i) {
      if (schedule_.written[i]) schedule_.variables[i].mark_written();
    }
    return profile;
  }

 private:
  StepProfile description_of(const Step& step) const {
    StepProfile profile;
    profile.operation = step.operation;
    profile.implementation = step.kernel->implementation();
    profile.kind = step.operation == "pack"         ? StepProfile::Kind::kPacking
                   : profile.implementation.empty() ? StepProfile::Kind::kOwnKernel
                                                    : StepProfile::Kind::kPrimitive;
    for (int input : step.inputs) {
      profile.inputs.push_back(schedule_.specs[index(input)]);
      profile.bytes_read += schedule_.bytes[index(input)];
    }
    for (int output : step.outputs) {
      profile.outputs.push_back(schedule_.specs[index(output)]);
      profile.bytes_written += schedule_.bytes[index(output)];
    }
    return profile;
  }

  bool has_copies() const {
    return !schedule_.fetch_copies.empty() || !schedule_.set_aside.empty() || !schedule_.update_copies.empty();
  }

  StepProfile description_of_copies() const {
    StepProfile profile;
    profile.operation = "copy";
    profile.kind = StepProfile::Kind::kCopy;
    for (const auto* copies : {&schedule_.fetch_copies, &schedule_.set_aside, &schedule_.update_copies}) {
      for (const Copy& copy : *copies) {
        profile.bytes_read += copy.bytes;
        profile.bytes_written += copy.bytes;
      }
    }
    return profile;
  }

  void add_memory_traffic(std::vector<StepProfile>& profiles) const {
    const std::vector<MemoryTraffic> traffic = memory_traffic(schedule_, options_.cache_bytes);
    for (std::size_t s = 0; s < profiles.size(); ++s) {
      profiles[s].bytes_from_memory = traffic[s].from_memory;
      profiles[s].bytes_to_memory = traffic[s].to_memory;
    }
  }

  Backup backup_of_variables() const {
    Backup backup;
    for (std::size_t i = 0; i < schedule_.variables.size(); ++i) {
      const Variable& variable = schedule_.variables[i];
      if (schedule_.written[i]) backup.add(variable.data(true), variable.snapshot().num_bytes());
    }
    return backup;
  }

  void measure_runs(ProgramProfile& profile) const {
    runner_.run(feeds_, fetches_);
    std::vector<double> times(static_cast<std::size_t>(options_.runs));
    for (double& time : times) time = milliseconds_of([&] { runner_.run(feeds_, fetches_); });
    profile.run_ms = median(std::move(times));
  }

  void measure_steps_in_runs(std::vector<StepProfile>& profiles) const {
    std::vector<std::vector<double>> times(profiles.size());
    for (int run = 0; run < options_.runs; ++run) {
      const Runner::Turn turn(runner_, feeds_, fetches_);
      for (std::size_t s = 0; s < schedule_.steps.size(); ++s)
        times[s].push_back(milliseconds_of([&] { turn.run_step(s); }));
      const double finish = milliseconds_of([&] { turn.finish(); });
      if (has_copies()) times.back().push_back(finish);
    }
    for (std::size_t s = 0; s < profiles.size(); ++s) {
      profiles[s].alone_ms = *std::min_element(times[s].begin(), times[s].end());
      profiles[s].in_run_ms = median(std::move(times[s]));
    }
  }

  // Each at its place in a run, where its inputs hold what they should. On a busy machine all few times of a long step
  // may be disturbed: what it once took within a run it can take alone.
  void measure_steps_alone(std::vector<StepProfile>& profiles) const {
    const Runner::Turn turn(runner_, feeds_, fetches_);
    for (std::size_t s = 0; s < schedule_.steps.size(); ++s) {
      const Backup inputs = backup_of_overwritten_inputs(turn, s);
      const double least = least_time([&] { inputs.restore(); }, [&] { turn.run_step(s); });
      profiles[s].alone_ms = std::min(profiles[s].alone_ms, least);
    }
    // Copies in the arena and to fetches do the same again.
    const double finish = least_time([] {}, [&] { turn.finish(); });
    if (has_copies()) profiles.back().alone_ms = std::min(profiles.back().alone_ms, finish);
  }

  Backup backup_of_overwritten_inputs(const Runner::Turn& turn, std::size_t s) const {
    const Step& step = schedule_.steps[s];
    const std::span<void* const> operands = turn.operands(s);
    const auto outputs = operands.subspan(step.inputs.size());
    Backup backup;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      if (std::find(outputs.begin(), outputs.end(), operands[i]) != outputs.end())
        backup.add(operands[i], schedule_.bytes[index(step.inputs[i])]);
    }
    return backup;
  }

  template <typename Prepare, typename F> double least_time(const Prepare& prepare, const F& f) const {
    constexpr int kLeastTimes = 3;
    double least = std::numeric_limits<double>::infinity();
    double spent = 0;
    for (int times = 0; times < kLeastTimes || spent < options_.seconds_per_step * 1e3; ++times) {
      prepare();
      const double time = milliseconds_of(f);
      least = std::min(least, time);
      spent += time;
    }
    return least;
  }

  const Runner& runner_;
  const Schedule& schedule_;
  std::span<const void* const> feeds_;
  std::span<void* const> fetches_;
  const ProfileOptions& options_;
};

}  // namespace

ProgramProfile profile_of(const Runner& runner, std::span<const void* const> feeds, std::span<void* const> fetches,
                          const ProfileOptions& options) {
  return Profiler(runner, feeds, fetches, options).run();
}

}  // namespace cornu
