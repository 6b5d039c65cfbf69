#include "framework/executor/arena.h"

#include <algorithm>

#include "framework/executor/memory_plan.h"
#include "framework/executor/schedule.h"

namespace cornu {
namespace {

std::size_t index(int number) { return static_cast<std::size_t>(number); }

class ArenaPlanner {
 public:
  explicit ArenaPlanner(Schedule& schedule)
      : schedule_(schedule), end_(static_cast<int>(schedule.steps.size())), block_of_(schedule.locations.size(), -1) {}

  void run() {
    find_last_uses();
    for (int s = 0; s < end_; ++s) add_blocks_of(s);
    for (const Copy& copy : schedule_.set_aside) {
      block_of_[copy.target] = static_cast<int>(blocks_.size());
      blocks_.push_back({copy.bytes, end_, end_});
    }
    schedule_.alive_bytes = most_alive_bytes(blocks_);
    schedule_.arena_bytes = plan_memory(blocks_);
    for (std::size_t operand = 0; operand < block_of_.size(); ++operand) {
      if (block_of_[operand] >= 0) schedule_.locations[operand].index = blocks_[index(block_of_[operand])].offset;
    }
    for (std::size_t s = 0; s < scratch_block_.size(); ++s) {
      if (scratch_block_[s] >= 0) schedule_.steps[s].scratch = blocks_[index(scratch_block_[s])].offset;
    }
  }

 private:
  void find_last_uses() {
    last_.assign(schedule_.locations.size(), -1);
    for (int s = 0; s < end_; ++s) {
      const Step& step = schedule_.steps[index(s)];
      for (int output : step.outputs) last_[index(output)] = s;
      for (int input : step.inputs) last_[index(input)] = s;
    }
    for (const auto* copies : {&schedule_.update_copies, &schedule_.fetch_copies}) {
      for (const Copy& copy : *copies) last_[index(copy.source)] = end_;
    }
  }

  void add_blocks_of(int s) {
    const Step& step = schedule_.steps[index(s)];
    std::vector<int> taken;
    for (std::size_t o = 0; o < step.outputs.size(); ++o) {
      const int output = step.outputs[o];
      if (schedule_.locations[index(output)].kind != Location::Kind::kArena) continue;
      const int reused = reusable_input(step, o, s, taken);
      if (reused >= 0) {
        taken.push_back(reused);
        const int block = block_of_[index(reused)];
        block_of_[index(output)] = block;
        blocks_[index(block)].last = std::max(blocks_[index(block)].last, last_[index(output)]);
      } else {
        block_of_[index(output)] = static_cast<int>(blocks_.size());
        blocks_.push_back({schedule_.bytes[index(output)], s, last_[index(output)]});
      }
    }
    const std::size_t scratch = step.kernel->scratch_bytes();
    scratch_block_.push_back(scratch > 0 ? static_cast<int>(blocks_.size()) : -1);
    if (scratch > 0) blocks_.push_back({scratch, s, s});
  }

  // An input whose memory an output may take over: used here for the last time, of the same size, and the kernel allows
  // it.
  int reusable_input(const Step& step, std::size_t output, int at, const std::vector<int>& taken) const {
    for (const int input : step.inputs) {
      const bool ends_here = block_of_[index(input)] >= 0 && last_[index(input)] == at &&
                             schedule_.bytes[index(input)] == schedule_.bytes[index(step.outputs[output])] &&
                             std::find(taken.begin(), taken.end(), input) == taken.end();
      if (!ends_here) continue;
      bool shareable = true;
      for (std::size_t k = 0; k < step.inputs.size(); ++k) {
        if (step.inputs[k] == input && !step.kernel->can_share(k, output)) shareable = false;
      }
      if (shareable) return input;
    }
    return -1;
  }

  Schedule& schedule_;
  int end_;                         // the number of steps: what is copied when they have run lives until then
  std::vector<int> last_;           // use of each operand
  std::vector<int> block_of_;       // each operand, or -1
  std::vector<int> scratch_block_;  // of each step, or -1
  std::vector<MemoryBlock> blocks_;
};

}  // namespace

void place_in_arena(Schedule& schedule) { ArenaPlanner(schedule).run(); }

}  // namespace cornu
