#include "framework/executor/schedule.h"

#include <algorithm>
#include <map>

#include "framework/executor/memory_plan.h"

namespace cornu {
namespace {

std::size_t bytes_of(const TensorSpec& spec) {
  return static_cast<std::size_t>(spec.shape.num_elements()) * size_of(spec.dtype);
}

class Scheduler {
 public:
  Scheduler(Ir& ir, Schedule& plan) : ir_(ir), plan_(plan) {}

  void run() {
    number_operands();
    make_steps();
    place_results();
    plan_arena();
  }

 private:
  // Operands are the values, and after them the packed copies. A view is the operand it looks at.
  void number_operands() {
    root_.resize(ir_.values.size());
    for (std::size_t v = 0; v < root_.size(); ++v) root_[v] = static_cast<int>(v);
    for (const IrNode& node : ir_.nodes) {
      if (node.operation->is_view) root_[index(node.outputs[0])] = root(node.inputs[0]);
    }
    plan_.locations.resize(ir_.values.size());
    for (std::size_t v = 0; v < ir_.values.size(); ++v) {
      const IrValue& value = ir_.values[v];
      bytes_.push_back(bytes_of(value.spec));
      if (value.kind == IrValue::Kind::kConstant) {
        plan_.locations[v] = {Location::Kind::kConstant, plan_.constants.size()};
        plan_.constants.push_back(value.constant);
      } else if (value.kind == IrValue::Kind::kVariable) {
        plan_.locations[v] = {Location::Kind::kVariable, variable_number(value.variable)};
      }
    }
    for (std::size_t i = 0; i < ir_.feeds.size(); ++i)
      plan_.locations[index(ir_.feeds[i])] = {Location::Kind::kFeed, i};
    for (const auto& [variable, value] : ir_.updates) plan_.written[variable_number(variable)] = true;
  }

  std::size_t variable_number(const Variable& variable) {
    const auto [place, is_new] = variable_numbers_.try_emplace(variable.state().get(), plan_.variables.size());
    if (!is_new) return place->second;
    plan_.variables.push_back(variable);
    plan_.written.push_back(false);
    return plan_.variables.size() - 1;
  }

  void make_steps() {
    for (IrNode& node : ir_.nodes) {
      if (node.operation->is_view) continue;
      // Weights that stay as they are may be packed once; kernels that can choose ask for it.
      if (node.inputs.size() > 1 && stays_constant(root(node.inputs[1]))) {
        const std::string& name = node.operation->name;
        if (name == "matmul" || name == "fused_matmul") node.attributes.set("constant_weights", true);
      }
      TensorSpecs inputs;
      TensorSpecs outputs;
      for (int input : node.inputs) inputs.push_back(ir_.spec(input));
      for (int output : node.outputs) outputs.push_back(ir_.spec(output));
      Step step{node.operation->name, compile_kernel({node.operation->name, node.attributes, inputs, outputs}), {}, {}};
      for (std::size_t i = 0; i < node.inputs.size(); ++i)
        step.inputs.push_back(packed_operand(*step.kernel, i, root(node.inputs[i])));
      for (int output : node.outputs) step.outputs.push_back(output);
      plan_.scratch_bytes = std::max(plan_.scratch_bytes, step.kernel->scratch_bytes());
      plan_.steps.push_back(std::move(step));
    }
  }

  bool stays_constant(int operand) const {
    const Location& location = plan_.locations[index(operand)];
    return location.kind == Location::Kind::kConstant ||
           (location.kind == Location::Kind::kVariable && !plan_.written[location.index]);
  }

  // The operand in the layout the kernel wants for its input: itself, a copy made once, or the result of a packing
  // step.
  int packed_operand(const Kernel& kernel, std::size_t input, int operand) {
    const std::shared_ptr<const Layout> layout = kernel.input_layout(input);
    if (!layout) return operand;
    for (const auto& [packed_layout, packed] : packings_[operand]) {
      if (packed_layout->equals(*layout)) return packed;
    }
    std::shared_ptr<const Kernel> packer = kernel.packer(input);
    const int packed = static_cast<int>(plan_.locations.size());
    bytes_.push_back(layout->num_bytes());
    root_.push_back(packed);
    const Location& source = plan_.locations[index(operand)];
    if (!stays_constant(operand)) {
      plan_.locations.push_back({Location::Kind::kArena, 0});
      plan_.scratch_bytes = std::max(plan_.scratch_bytes, packer->scratch_bytes());
      plan_.steps.push_back({"pack", std::move(packer), {operand}, {packed}});
    } else {
      const std::size_t copy =
          source.kind == Location::Kind::kConstant
              ? plan_.packed_variables.add(plan_.constants[source.index], std::move(packer), layout->num_bytes())
              : plan_.packed_variables.add(plan_.variables[source.index], std::move(packer), layout->num_bytes());
      plan_.locations.push_back({Location::Kind::kPacked, copy});
    }
    packings_[operand].push_back({layout, packed});
    return packed;
  }

  // Decides which results are computed right into a variable or a fetch, and which are copied there at the end.
  void place_results() {
    std::vector<int> maker(plan_.locations.size(), -1);
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      for (int output : plan_.steps[s].outputs) maker[index(output)] = static_cast<int>(s);
    }
    std::vector<bool> placed(plan_.locations.size(), false);
    find_old_values();
    for (std::size_t u = 0; u < ir_.updates.size(); ++u) {
      const int source = root(ir_.updates[u].second);
      const std::size_t variable = variable_number(ir_.updates[u].first);
      plan_.update_variables.push_back(variable);
      if (maker[index(source)] >= 0 && !placed[index(source)] &&
          can_write_in_place(variable, source, maker[index(source)])) {
        plan_.locations[index(source)] = {Location::Kind::kVariable, variable};
        placed[index(source)] = true;
      } else {
        plan_.update_copies.push_back({source, u, bytes_[index(source)]});
      }
    }
    for (std::size_t f = 0; f < ir_.fetches.size(); ++f) {
      const int source = root(ir_.fetches[f]);
      if (maker[index(source)] >= 0 && !placed[index(source)]) {
        plan_.locations[index(source)] = {Location::Kind::kFetch, f};
        placed[index(source)] = true;
      } else {
        plan_.fetch_copies.push_back({source, f, bytes_[index(source)]});
      }
    }
    // A variable's old value that becomes another variable's new one is put aside before any is written.
    for (Copy& copy : plan_.update_copies) {
      if (plan_.locations[index(copy.source)].kind != Location::Kind::kVariable) continue;
      const int aside = static_cast<int>(plan_.locations.size());
      plan_.locations.push_back({Location::Kind::kArena, 0});
      bytes_.push_back(copy.bytes);
      root_.push_back(aside);
      plan_.set_aside.push_back({copy.source, index(aside), copy.bytes});
      copy.source = aside;
    }
  }

  // A result may be written over the variable's old value when nobody reads that afterwards.
  bool can_write_in_place(std::size_t variable, int result, int maker) const {
    const OldValue& old_value = old_values_.at(variable);
    if (old_value.is_result || old_value.last_reader > maker) return false;
    if (old_value.last_reader < maker) return true;
    const Step& step = plan_.steps[index(maker)];
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const Location& location = plan_.locations[index(step.inputs[i])];
      const bool is_old_value = location.kind == Location::Kind::kVariable && location.index == variable;
      if (is_old_value && !step.kernel->can_share(i, output_number(step, result))) return false;
    }
    return true;
  }

  // Who reads the value that each variable has before the program runs. Afterwards results are placed in variables too.
  void find_old_values() {
    old_values_.resize(plan_.variables.size());
    const auto note = [&](int operand, const auto& what) {
      const Location& location = plan_.locations[index(operand)];
      if (location.kind == Location::Kind::kVariable) what(old_values_[location.index]);
    };
    for (int fetch : ir_.fetches) note(root(fetch), [](OldValue& value) { value.is_result = true; });
    for (const auto& [target, result] : ir_.updates)
      note(root(result), [](OldValue& value) { value.is_result = true; });
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      for (int input : plan_.steps[s].inputs) {
        note(input, [s](OldValue& value) { value.last_reader = static_cast<int>(s); });
      }
    }
  }

  static std::size_t output_number(const Step& step, int result) {
    return static_cast<std::size_t>(std::find(step.outputs.begin(), step.outputs.end(), result) - step.outputs.begin());
  }

  // Gives every intermediate result its place in the arena.
  void plan_arena() {
    const int end = static_cast<int>(plan_.steps.size());
    std::vector<int> first(plan_.locations.size(), -1);
    std::vector<int> last(plan_.locations.size(), -1);
    for (int s = 0; s < end; ++s) {
      const Step& step = plan_.steps[static_cast<std::size_t>(s)];
      for (int output : step.outputs) first[index(output)] = last[index(output)] = s;
      for (int input : step.inputs) last[index(input)] = s;
    }
    for (const auto* copies : {&plan_.update_copies, &plan_.fetch_copies}) {
      for (const Copy& copy : *copies) last[index(copy.source)] = end;
    }
    for (const Copy& copy : plan_.set_aside) first[copy.target] = last[copy.target] = end;

    std::vector<MemoryBlock> blocks;
    std::vector<int> block_of(plan_.locations.size(), -1);
    const auto is_in_arena = [&](int operand) {
      return plan_.locations[index(operand)].kind == Location::Kind::kArena;
    };
    for (int s = 0; s < end; ++s) {
      const Step& step = plan_.steps[static_cast<std::size_t>(s)];
      std::vector<int> taken;
      for (std::size_t o = 0; o < step.outputs.size(); ++o) {
        const int output = step.outputs[o];
        if (!is_in_arena(output)) continue;
        const int reused = reusable_input(step, o, s, last, block_of, taken);
        if (reused >= 0) {
          taken.push_back(reused);
          block_of[index(output)] = block_of[index(reused)];
          blocks[index(block_of[index(output)])].last =
              std::max(blocks[index(block_of[index(output)])].last, last[index(output)]);
        } else {
          block_of[index(output)] = static_cast<int>(blocks.size());
          blocks.push_back({bytes_[index(output)], s, last[index(output)]});
        }
      }
    }
    for (const Copy& copy : plan_.set_aside) {
      block_of[copy.target] = static_cast<int>(blocks.size());
      blocks.push_back({copy.bytes, end, end});
    }
    plan_.arena_bytes = plan_memory(blocks);
    for (std::size_t operand = 0; operand < plan_.locations.size(); ++operand) {
      if (block_of[operand] >= 0) plan_.locations[operand].index = blocks[index(block_of[operand])].offset;
    }
    plan_.argument_begin.reserve(plan_.steps.size());
    for (const Step& step : plan_.steps) {
      plan_.argument_begin.push_back(plan_.num_arguments);
      plan_.num_arguments += step.inputs.size() + step.outputs.size();
    }
  }

  // An input whose memory an output may take over: used here for the last time, of the same size, and the kernel allows
  // it.
  int reusable_input(const Step& step, std::size_t output, int at, const std::vector<int>& last,
                     const std::vector<int>& block_of, const std::vector<int>& taken) const {
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const int input = step.inputs[i];
      const bool ends_here = block_of[index(input)] >= 0 && last[index(input)] == at &&
                             plan_.locations[index(input)].kind == Location::Kind::kArena &&
                             bytes_[index(input)] == bytes_[index(step.outputs[output])] &&
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

  static std::size_t index(int number) { return static_cast<std::size_t>(number); }
  int root(int value) const { return root_[index(value)]; }

  struct OldValue {
    bool is_result = false;  ///< fetched, or the new value of a variable
    int last_reader = -1;
  };
  struct Packing {
    std::shared_ptr<const Layout> layout;
    int packed;
  };

  Ir& ir_;
  Schedule& plan_;
  std::vector<int> root_;
  std::vector<std::size_t> bytes_;
  std::map<int, std::vector<Packing>> packings_;
  std::map<const VariableState*, std::size_t> variable_numbers_;
  std::vector<OldValue> old_values_;
};

}  // namespace

std::unique_ptr<Schedule> Schedule::of(Ir& ir) {
  auto plan = std::make_unique<Schedule>();
  Scheduler(ir, *plan).run();
  return plan;
}

std::string Schedule::to_string() const {
  static constexpr const char* kKinds[] = {"arena", "constant", "feed", "fetch", "variable", "packed"};
  std::string text =
      std::to_string(steps.size()) + " steps, arena " + std::to_string(arena_bytes) + " bytes, scratch " +
      std::to_string(scratch_bytes) + " bytes, " + std::to_string(packed_variables.size()) + " packed copies kept, " +
      std::to_string(fetch_copies.size()) + " + " + std::to_string(update_copies.size()) + " copies at the end\n";
  for (const Step& step : steps) {
    text += "  " + step.operation;
    for (const int output : step.outputs) {
      const Location& location = locations[static_cast<std::size_t>(output)];
      text += " %" + std::to_string(output) + ":" + kKinds[static_cast<std::size_t>(location.kind)] + "+" +
              std::to_string(location.index);
    }
    text += "\n";
  }
  return text;
}

}  // namespace cornu
