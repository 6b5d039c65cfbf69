#include "framework/executor/schedule.h"

#include <algorithm>
#include <map>
#include <set>

#include "framework/executor/arena.h"
#include "framework/executor/host_kernel.h"

namespace cornu {
namespace {

std::size_t bytes_of(const TensorSpec& spec) {
  return static_cast<std::size_t>(spec.shape.num_elements()) * size_of(spec.dtype);
}

class Scheduler {
 public:
  Scheduler(Ir& ir, const std::vector<ProloguePacking>& packings, Schedule& plan)
      : ir_(ir), asked_for_(packings), plan_(plan) {}

  void run() {
    number_operands();
    make_steps();
    place_results();
    forget_unread_variables();
    place_in_arena(plan_);
    number_arguments();
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
      plan_.specs.push_back(value.spec);
      plan_.bytes.push_back(bytes_of(value.spec));
      if (value.kind == IrValue::Kind::kConstant) {
        plan_.locations[v] = {Location::Kind::kConstant, plan_.constants.size()};
        plan_.constants.push_back(value.constant);
      } else if (value.kind == IrValue::Kind::kVariable) {
        plan_.locations[v] = {Location::Kind::kVariable, variable_number(value.variable)};
      }
    }
    for (std::size_t i = 0; i < ir_.feeds.size(); ++i) {
      plan_.locations[index(ir_.feeds[i])] = {Location::Kind::kFeed, i};
      plan_.feed_bytes.push_back(plan_.bytes[index(ir_.feeds[i])]);
    }
    for (const int fetch : ir_.fetches) plan_.fetch_bytes.push_back(plan_.bytes[index(fetch)]);
    for (const auto& [variable, value] : ir_.updates) plan_.written[variable_number(variable)] = true;
    for (const ProloguePacking& packing : asked_for_) open_packings_.emplace(root(packing.source), &packing);
    if (ir_.prologue) {
      for (const auto& [variable, value] : ir_.prologue->updates) prologue_values_[variable.state().get()] = value;
    }
  }

  std::size_t variable_number(const Variable& variable) {
    const auto [it, is_new] = variable_numbers_.try_emplace(variable.state().get(), plan_.variables.size());
    if (is_new) {
      plan_.variables.push_back(variable);
      plan_.written.push_back(false);
    }
    return it->second;
  }

  int add_operand(const Location& location, const TensorSpec& spec, std::size_t bytes) {
    const int operand = static_cast<int>(plan_.locations.size());
    plan_.locations.push_back(location);
    plan_.specs.push_back(spec);
    plan_.bytes.push_back(bytes);
    root_.push_back(operand);
    return operand;
  }

  void make_steps() {
    find_last_readers();
    for (IrNode& node : ir_.nodes) {
      if (node.operation->is_view) continue;
      if (node.operation->name == "fused_conv" && node.attributes.flag("addend"))
        node.attributes.set("addend_ends", ends_in(node, node.inputs.back()));
      // Weights that stay as they are may be packed once; kernels that can choose ask for it.
      if (node.inputs.size() > 1 && stays_constant(root(node.inputs[1]))) {
        const std::string& name = node.operation->name;
        if (name == "matmul" || name == "fused_matmul" || name == "conv" || name == "fused_conv") {
          node.attributes.set("constant_weights", true);
        }
      }
      TensorSpecs inputs;
      TensorSpecs outputs;
      for (int input : node.inputs) inputs.push_back(ir_.spec(input));
      for (int output : node.outputs) outputs.push_back(ir_.spec(output));
      Step step{node.operation->name, kernel_for({node.operation->name, node.attributes, inputs, outputs}), {}, {}};
      for (std::size_t i = 0; i < node.inputs.size(); ++i)
        step.inputs.push_back(packed_operand(*step.kernel, i, root(node.inputs[i])));
      for (int output : node.outputs) step.outputs.push_back(output);
      plan_.steps.push_back(std::move(step));
      pack_for_others();
    }
    // What is left is no step's result: a constant, or a variable as it is.
    for (const auto& [source, packing] : open_packings_) add_packing(source, *packing);
  }

  std::unique_ptr<Kernel> kernel_for(const KernelRequest& request) const {
    if (ir_.backend != Backend::kCuda) return compile_kernel(request);
    if (auto kernel = compile_kernel_of(ir_.backend, request)) return kernel;
    return std::make_unique<HostKernel>(request);
  }

  void find_last_readers() {
    last_reader_.assign(ir_.values.size(), nullptr);
    stays_after_run_.assign(ir_.values.size(), false);
    for (const IrNode& node : ir_.nodes) {
      if (node.operation->is_view) continue;
      for (const int input : node.inputs) last_reader_[index(root(input))] = &node;
    }
    for (const int fetch : ir_.fetches) stays_after_run_[index(root(fetch))] = true;
    for (const auto& [variable, value] : ir_.updates) stays_after_run_[index(root(value))] = true;
  }

  // Whether the node's result can take the memory of an input: both lie in the arena, and nobody reads that input
  // again, nor does the node by another name.
  bool ends_in(const IrNode& node, int input) const {
    const int operand = root(input);
    const auto is_it = [&](int other) { return root(other) == operand; };
    return ir_.value(operand).kind == IrValue::Kind::kComputed && last_reader_[index(operand)] == &node &&
           !stays_after_run_[index(operand)] && !stays_after_run_[index(node.outputs[0])] &&
           std::count_if(node.inputs.begin(), node.inputs.end(), is_it) == 1;
  }

  // As soon as a value is there: then all of them can be made in the same memory.
  void pack_for_others() {
    const std::vector<int> made = plan_.steps.back().outputs;
    for (const int output : made) {
      const auto [first, last] = open_packings_.equal_range(output);
      for (auto it = first; it != last; ++it) add_packing(output, *it->second);
      open_packings_.erase(first, last);
    }
  }

  void add_packing(int source, const ProloguePacking& packing) {
    const std::size_t target = variable_number(packing.packed);
    plan_.written[target] = true;
    const int packed = add_operand({Location::Kind::kVariable, target}, plan_.specs[index(source)],
                                   static_cast<std::size_t>(packing.packed.shape().num_elements()));
    plan_.steps.push_back({"pack", packing.packer, {source}, {packed}});
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
    std::vector<Packing>& known = packings_[operand];
    for (const Packing& packing : known) {
      if (packing.layout->equals(*layout)) return packing.packed;
    }
    const int packed = add_operand(packed_location(operand, kernel.packer(input), layout->num_bytes()),
                                   plan_.specs[index(operand)], layout->num_bytes());
    if (plan_.locations[index(packed)].kind == Location::Kind::kArena)
      plan_.steps.push_back({"pack", kernel.packer(input), {operand}, {packed}});
    known.push_back({layout, packed});
    return packed;
  }

  Location packed_location(int operand, std::shared_ptr<const Kernel> packer, std::size_t bytes) {
    const Location& source = plan_.locations[index(operand)];
    if (!stays_constant(operand)) return {Location::Kind::kArena, 0};
    if (source.kind == Location::Kind::kConstant) {
      return {Location::Kind::kPacked,
              plan_.packed_variables.add(plan_.constants[source.index], std::move(packer), bytes)};
    }
    const Variable variable = plan_.variables[source.index];
    const auto computed = prologue_values_.find(variable.state().get());
    if (computed == prologue_values_.end())
      return {Location::Kind::kPacked, plan_.packed_variables.add(variable, std::move(packer), bytes)};
    // The prologue packs what it computes: one copy in memory instead of two.
    const Variable packed = Variable::uninitialised({{static_cast<std::int64_t>(bytes)}, DType::kUInt8}, "packed");
    plan_.prologue_packings.push_back({computed->second, packed, std::move(packer)});
    return {Location::Kind::kVariable, variable_number(packed)};
  }

  // Decides which results are computed right into a variable or a fetch, and which are copied there at the end.
  void place_results() {
    std::vector<int> maker(plan_.locations.size(), -1);
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      for (int output : plan_.steps[s].outputs) maker[index(output)] = static_cast<int>(s);
    }
    find_readings();
    std::vector<bool> placed(plan_.locations.size(), false);
    for (std::size_t u = 0; u < ir_.updates.size(); ++u) {
      const int source = root(ir_.updates[u].second);
      const std::size_t variable = variable_number(ir_.updates[u].first);
      plan_.update_variables.push_back(variable);
      if (maker[index(source)] >= 0 && !placed[index(source)] &&
          can_write_in_place(variable, source, maker[index(source)])) {
        plan_.locations[index(source)] = {Location::Kind::kVariable, variable};
        placed[index(source)] = true;
      } else {
        plan_.update_copies.push_back({source, u, plan_.bytes[index(source)]});
      }
    }
    for (std::size_t f = 0; f < ir_.fetches.size(); ++f) {
      const int source = root(ir_.fetches[f]);
      if (maker[index(source)] >= 0 && !placed[index(source)]) {
        plan_.locations[index(source)] = {Location::Kind::kFetch, f};
        placed[index(source)] = true;
      } else {
        plan_.fetch_copies.push_back({source, f, plan_.bytes[index(source)]});
      }
    }
    // A variable's old value that becomes another variable's new one is put aside before any is written.
    for (Copy& copy : plan_.update_copies) {
      if (plan_.locations[index(copy.source)].kind != Location::Kind::kVariable) continue;
      const int aside = add_operand({Location::Kind::kArena, 0}, plan_.specs[index(copy.source)], copy.bytes);
      plan_.set_aside.push_back({copy.source, index(aside), copy.bytes});
      copy.source = aside;
    }
  }

  // A result may be written over the variable's old value when nobody reads that afterwards.
  bool can_write_in_place(std::size_t variable, int result, int maker) const {
    if (is_copied_at_end_[variable]) return false;
    const std::vector<Reading>& readings = readings_[variable];
    return std::all_of(readings.begin(), readings.end(), [&](const Reading& reading) {
      const Step& step = plan_.steps[index(reading.step)];
      return reading.step < maker ||
             (reading.step == maker && step.kernel->can_share(reading.input, output_number(step, result)));
    });
  }

  // Who reads the variables' old values: which steps, and whether fetches or other variables.
  void find_readings() {
    readings_.resize(plan_.variables.size());
    is_copied_at_end_.resize(plan_.variables.size());
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      for (std::size_t i = 0; i < plan_.steps[s].inputs.size(); ++i) {
        const Location& location = plan_.locations[index(plan_.steps[s].inputs[i])];
        if (location.kind == Location::Kind::kVariable) readings_[location.index].push_back({static_cast<int>(s), i});
      }
    }
    const auto is_copied = [&](int operand) {
      const Location& location = plan_.locations[index(operand)];
      if (location.kind == Location::Kind::kVariable) is_copied_at_end_[location.index] = true;
    };
    for (int fetch : ir_.fetches) is_copied(root(fetch));
    for (const auto& [target, value] : ir_.updates) is_copied(root(value));
  }

  // Variables that only their packed copies were made from need not be there, nor be computed by the prologue.
  void forget_unread_variables() {
    std::vector<bool> is_used = plan_.written;
    const auto use = [&](int operand) {
      const Location& location = plan_.locations[index(operand)];
      if (location.kind == Location::Kind::kVariable) is_used[location.index] = true;
    };
    for (const Step& step : plan_.steps) {
      for (int input : step.inputs) use(input);
    }
    for (const auto* copies : {&plan_.update_copies, &plan_.fetch_copies, &plan_.set_aside}) {
      for (const Copy& copy : *copies) use(copy.source);
    }
    std::vector<std::size_t> number(plan_.variables.size());
    std::size_t count = 0;
    for (std::size_t v = 0; v < number.size(); ++v) {
      number[v] = count;
      if (!is_used[v]) continue;
      plan_.variables[count] = plan_.variables[v];
      plan_.written[count++] = plan_.written[v];
    }
    plan_.variables.resize(count);
    plan_.written.resize(count);
    for (Location& location : plan_.locations) {
      if (location.kind == Location::Kind::kVariable) location.index = number[location.index];
    }
    for (std::size_t& variable : plan_.update_variables) variable = number[variable];
    if (!ir_.prologue) return;
    std::set<const VariableState*> left;
    for (const Variable& variable : plan_.variables) left.insert(variable.state().get());
    std::erase_if(ir_.prologue->updates,
                  [&](const auto& update) { return !left.contains(update.first.state().get()); });
  }

  void number_arguments() {
    for (const Step& step : plan_.steps) {
      plan_.argument_begin.push_back(plan_.num_arguments);
      plan_.num_arguments += step.inputs.size() + step.outputs.size();
    }
  }

  static std::size_t output_number(const Step& step, int result) {
    return static_cast<std::size_t>(std::find(step.outputs.begin(), step.outputs.end(), result) - step.outputs.begin());
  }

  static std::size_t index(int number) { return static_cast<std::size_t>(number); }
  int root(int value) const { return root_[index(value)]; }

  struct Packing {
    std::shared_ptr<const Layout> layout;
    int packed;
  };
  struct Reading {
    int step;
    std::size_t input;
  };

  Ir& ir_;
  const std::vector<ProloguePacking>& asked_for_;
  Schedule& plan_;
  std::vector<int> root_;
  std::vector<const IrNode*> last_reader_;                    // of each root
  std::vector<bool> stays_after_run_;                         // roots that are fetched, or become a variable's value
  std::map<int, std::vector<Packing>> packings_;              // of each operand that is packed
  std::multimap<int, const ProloguePacking*> open_packings_;  // of each operand, for the program this is a prologue of
  std::map<const VariableState*, std::size_t> variable_numbers_;
  std::map<const VariableState*, int> prologue_values_;  // which value of the prologue a variable gets
  std::vector<std::vector<Reading>> readings_;           // of each variable
  std::vector<bool> is_copied_at_end_;
};

}  // namespace

std::unique_ptr<Schedule> Schedule::of(Ir& ir, const std::vector<ProloguePacking>& packings) {
  auto plan = std::make_unique<Schedule>();
  Scheduler(ir, packings, *plan).run();
  return plan;
}

std::uint64_t Schedule::source_stamp() const {
  std::uint64_t stamp = 1;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (!written[i]) stamp += variables[i].version();
  }
  return stamp;
}

std::string Schedule::to_string() const {
  static constexpr const char* kKinds[] = {"arena", "constant", "feed", "fetch", "variable", "packed"};
  std::string text = std::to_string(steps.size()) + " steps, arena " + std::to_string(arena_bytes) +
                     " bytes, of which " + std::to_string(alive_bytes) + " are in use at once, " +
                     std::to_string(packed_variables.size()) + " packed copies kept, " +
                     std::to_string(fetch_copies.size()) + " + " + std::to_string(update_copies.size()) +
                     " copies at the end\n";
  for (const Step& step : steps) {
    text += "  " + step.operation;
    const std::string implementation = step.kernel->implementation();
    if (!implementation.empty()) text += " [" + implementation + "]";
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
