#include "framework/executor/memory_traffic.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace cornu {
namespace {

constexpr std::size_t kLine = 64;

std::size_t index(int number) { return static_cast<std::size_t>(number); }

// A cache in which the line that was not touched for the longest time gives way.
class Cache {
 public:
  Cache(std::size_t num_lines, std::size_t capacity)
      : capacity_(capacity), end_(static_cast<Line>(num_lines)), links_(num_lines + 1), states_(num_lines) {
    links_[end_] = {end_, end_};
  }

  void touch(std::size_t number, bool writes, MemoryTraffic& traffic) {
    const auto line = static_cast<Line>(number);
    State& state = states_[line];
    if (state.is_here) {
      unlink(line);
    } else {
      state.is_here = true;
      ++size_;
      traffic.from_memory += kLine;
    }
    state.is_written = state.is_written || writes;
    link_first(line);
    if (size_ > capacity_) drop_last(traffic);
  }

 private:
  using Line = std::uint32_t;
  // A ring from the line touched last to the one touched longest ago, closed by `end_`.
  struct Links {
    Line previous;
    Line next;
  };
  struct State {
    bool is_here = false;
    bool is_written = false;
  };

  void link_first(Line line) {
    const Line first = links_[end_].next;
    links_[line] = {end_, first};
    links_[first].previous = line;
    links_[end_].next = line;
  }

  void unlink(Line line) {
    const auto [previous, next] = links_[line];
    links_[previous].next = next;
    links_[next].previous = previous;
  }

  void drop_last(MemoryTraffic& traffic) {
    const Line last = links_[end_].previous;
    unlink(last);
    if (states_[last].is_written) traffic.to_memory += kLine;
    states_[last] = {};
    --size_;
  }

  std::size_t capacity_;
  std::size_t size_ = 0;
  Line end_;
  std::vector<Links> links_;
  std::vector<State> states_;
};

// A piece of memory that a step touches, in lines.
struct Access {
  std::size_t first;
  std::size_t count;
  bool writes;
};

// One list of accesses for each step, and one for the copies at the end. Lines are numbered: first those of the arena,
// whose parts serve many operands, then those of each constant, feed, ...
class Accesses {
 public:
  explicit Accesses(const Schedule& schedule) : schedule_(schedule) {
    num_lines_ = lines(schedule.arena_bytes);
    for (const Step& step : schedule.steps) add_step(step);
    add_copies();
  }

  std::size_t num_lines() const { return num_lines_; }
  const std::vector<std::vector<Access>>& lists() const { return lists_; }

 private:
  static std::size_t lines(std::size_t bytes) { return (bytes + kLine - 1) / kLine; }

  void add_step(const Step& step) {
    lists_.emplace_back();
    for (const int input : step.inputs) add(location(input), bytes(input), false);
    add({Location::Kind::kArena, step.scratch}, step.kernel->scratch_bytes(), true);
    for (const int output : step.outputs) add(location(output), bytes(output), true);
  }

  void add_copies() {
    lists_.emplace_back();
    for (const Copy& copy : schedule_.fetch_copies) add_copy(copy, {Location::Kind::kFetch, copy.target});
    for (const Copy& copy : schedule_.set_aside) add_copy(copy, schedule_.locations[copy.target]);
    for (const Copy& copy : schedule_.update_copies)
      add_copy(copy, {Location::Kind::kVariable, schedule_.update_variables[copy.target]});
  }

  void add_copy(const Copy& copy, const Location& target) {
    add(location(copy.source), copy.bytes, false);
    add(target, copy.bytes, true);
  }

  void add(const Location& location, std::size_t bytes, bool writes) {
    if (bytes == 0) return;
    std::size_t first = 0;
    if (location.kind == Location::Kind::kArena) {
      first = location.index / kLine;
    } else {
      const auto [it, is_new] = first_lines_.try_emplace({location.kind, location.index}, num_lines_);
      if (is_new) num_lines_ += lines(bytes);
      first = it->second;
    }
    lists_.back().push_back({first, lines(bytes), writes});
  }

  const Location& location(int operand) const { return schedule_.locations[index(operand)]; }
  std::size_t bytes(int operand) const { return schedule_.bytes[index(operand)]; }

  const Schedule& schedule_;
  std::size_t num_lines_ = 0;
  std::map<std::pair<Location::Kind, std::size_t>, std::size_t> first_lines_;
  std::vector<std::vector<Access>> lists_;
};

// All of them side by side: a short one waits for the long ones.
MemoryTraffic touch_all(const std::vector<Access>& accesses, Cache& cache) {
  MemoryTraffic traffic;
  std::size_t longest = 0;
  for (const Access& access : accesses) longest = std::max(longest, access.count);
  for (std::size_t i = 0; i < longest; ++i) {
    for (const auto& [first, count, writes] : accesses) {
      const std::size_t begin = i * count / longest;
      const std::size_t end = (i + 1) * count / longest;
      for (std::size_t line = begin; line < end; ++line) cache.touch(first + line, writes, traffic);
    }
  }
  return traffic;
}

}  // namespace

std::vector<MemoryTraffic> memory_traffic(const Schedule& schedule, std::size_t cache_bytes) {
  const Accesses accesses(schedule);
  Cache cache(accesses.num_lines(), cache_bytes / kLine);
  std::vector<MemoryTraffic> traffic(accesses.lists().size());
  // The first run finds an empty cache; the second finds what a run leaves.
  for (int run = 0; run < 2; ++run) {
    for (std::size_t s = 0; s < traffic.size(); ++s) traffic[s] = touch_all(accesses.lists()[s], cache);
  }
  return traffic;
}

}  // namespace cornu
