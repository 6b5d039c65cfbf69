#include "framework/executor/program.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string_view>

#include "framework/error.h"
#include "framework/executor/ir/ir.h"
#include "framework/executor/memory_plan.h"
#include "framework/executor/packed_variables.h"
#include "framework/executor/passes/passes.h"
#include "framework/kernel.h"

namespace cornu {
namespace {

// Where an operand lies when a program runs.
struct Location {
  enum class Kind { kArena, kConstant, kFeed, kFetch, kVariable, kPacked };
  Kind kind = Kind::kArena;
  std::size_t index = 0;  ///< arena: offset; otherwise the number of the feed, fetch, ...
};

struct Step {
  std::string operation;
  std::shared_ptr<const Kernel> kernel;
  std::vector<int> inputs;  ///< numbers of operands
  std::vector<int> outputs;
};

struct Copy {
  int source;          ///< number of an operand
  std::size_t target;  ///< number of a fetch or an update
  std::size_t bytes;
};

std::size_t bytes_of(const TensorSpec& spec) {
  return static_cast<std::size_t>(spec.shape.num_elements()) * size_of(spec.dtype);
}

bool dumps_passes() {
  const char* wanted = std::getenv("CORNU_DUMP");
  return wanted && std::string_view(wanted).find("passes") != std::string_view::npos;
}

Ir optimised(Ir ir) {
  struct Pass {
    const char* name;
    void (*run)(Ir&);
  };
  // Simplification and folding open ways for one another; a second round finds nearly all.
  static constexpr Pass kPasses[] = {{"fold_constants", fold_constants},
                                     {"simplify", simplify},
                                     {"merge_common_subexpressions", merge_common_subexpressions},
                                     {"absorb_transposes", absorb_transposes},
                                     {"absorb_transposes", absorb_transposes},
                                     {"fold_constants", fold_constants},
                                     {"simplify", simplify},
                                     {"merge_common_subexpressions", merge_common_subexpressions},
                                     {"prune", prune},
                                     {"fold_channel_scales", fold_channel_scales},
                                     {"hoist_weights", hoist_weights},
                                     {"merge_bias_gradients", merge_bias_gradients},
                                     {"fuse_post_operations", fuse_post_operations},
                                     {"fuse_elementwise", fuse_elementwise},
                                     {"order_updates", order_updates}};
  const bool dumps = dumps_passes();
  if (dumps) std::fprintf(stderr, "== import: %zu nodes\n%s", ir.nodes.size(), ir.to_string().c_str());
  for (const Pass& pass : kPasses) {
    pass.run(ir);
    if (dumps) std::fprintf(stderr, "== %s: %zu nodes\n%s", pass.name, ir.nodes.size(), ir.to_string().c_str());
  }
  return ir;
}

}  // namespace

class Program::Implementation {
 public:
  Implementation(Ir ir, const TensorSpecs& feed_specs) : ir_(optimised(std::move(ir))), feed_specs_(feed_specs) {
    for (int fetch : ir_.fetches) fetch_specs_.push_back(ir_.spec(fetch));
    number_operands();
    make_steps();
    place_results();
    plan();
    if (dumps_passes()) dump_plan();
    if (ir_.prologue) add_prologue();
  }

  const TensorSpecs& feed_specs() const { return feed_specs_; }
  const TensorSpecs& fetch_specs() const { return fetch_specs_; }
  std::size_t arena_bytes() const { return arena_bytes_ + scratch_bytes_; }

  std::vector<std::string> step_operations() const {
    std::vector<std::string> names;
    for (const Step& step : steps_) names.push_back(step.operation);
    return names;
  }

  void run(std::span<const void* const> feeds, std::span<void* const> fetches) const {
    if (prologue_) run_prologue();
    std::unique_ptr<Context> context = take_context();
    bind(*context, feeds, fetches);
    auto* scratch = static_cast<std::byte*>(context->arena.get()) + arena_bytes_;
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      void* const* arguments = context->arguments.data() + argument_begin_[s];
      steps_[s].kernel->run({arguments, arguments + steps_[s].inputs.size(), scratch});
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

  // ---- compilation

  // Operands are the values, and after them the packed copies. A view is the operand it looks at.
  void number_operands() {
    root_.resize(ir_.values.size());
    for (std::size_t v = 0; v < root_.size(); ++v) root_[v] = static_cast<int>(v);
    for (const IrNode& node : ir_.nodes) {
      if (node.operation->is_view) root_[index(node.outputs[0])] = root(node.inputs[0]);
    }
    locations_.resize(ir_.values.size());
    for (std::size_t v = 0; v < ir_.values.size(); ++v) {
      const IrValue& value = ir_.values[v];
      bytes_.push_back(bytes_of(value.spec));
      if (value.kind == IrValue::Kind::kConstant) {
        locations_[v] = {Location::Kind::kConstant, constants_.size()};
        constants_.push_back(value.constant);
      } else if (value.kind == IrValue::Kind::kVariable) {
        locations_[v] = {Location::Kind::kVariable, variable_number(value.variable)};
      }
    }
    for (std::size_t i = 0; i < ir_.feeds.size(); ++i) locations_[index(ir_.feeds[i])] = {Location::Kind::kFeed, i};
    for (const auto& [variable, value] : ir_.updates) written_[variable_number(variable)] = true;
  }

  std::size_t variable_number(const Variable& variable) {
    const auto it = std::find(variables_.begin(), variables_.end(), variable);
    if (it != variables_.end()) return static_cast<std::size_t>(it - variables_.begin());
    variables_.push_back(variable);
    written_.push_back(false);
    return variables_.size() - 1;
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
      scratch_bytes_ = std::max(scratch_bytes_, step.kernel->scratch_bytes());
      steps_.push_back(std::move(step));
    }
  }

  bool stays_constant(int operand) const {
    const Location& location = locations_[index(operand)];
    return location.kind == Location::Kind::kConstant ||
           (location.kind == Location::Kind::kVariable && !written_[location.index]);
  }

  // The operand in the layout the kernel wants for its input: itself, a copy made once, or the result of a packing
  // step.
  int packed_operand(const Kernel& kernel, std::size_t input, int operand) {
    const std::shared_ptr<const Layout> layout = kernel.input_layout(input);
    if (!layout) return operand;
    for (const auto& [source, packed_layout, packed] : packings_) {
      if (source == operand && packed_layout->equals(*layout)) return packed;
    }
    std::shared_ptr<const Kernel> packer = kernel.packer(input);
    const int packed = static_cast<int>(locations_.size());
    bytes_.push_back(layout->num_bytes());
    root_.push_back(packed);
    const Location& source = locations_[index(operand)];
    if (!stays_constant(operand)) {
      locations_.push_back({Location::Kind::kArena, 0});
      scratch_bytes_ = std::max(scratch_bytes_, packer->scratch_bytes());
      steps_.push_back({"pack", std::move(packer), {operand}, {packed}});
    } else {
      const std::size_t copy =
          source.kind == Location::Kind::kConstant
              ? packed_variables_.add(constants_[source.index], std::move(packer), layout->num_bytes())
              : packed_variables_.add(variables_[source.index], std::move(packer), layout->num_bytes());
      locations_.push_back({Location::Kind::kPacked, copy});
    }
    packings_.push_back({operand, layout, packed});
    return packed;
  }

  // Decides which results are computed right into a variable or a fetch, and which are copied there at the end.
  void place_results() {
    std::vector<int> maker(locations_.size(), -1);
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      for (int output : steps_[s].outputs) maker[index(output)] = static_cast<int>(s);
    }
    std::vector<bool> placed(locations_.size(), false);
    for (std::size_t u = 0; u < ir_.updates.size(); ++u) {
      const int source = root(ir_.updates[u].second);
      const std::size_t variable = variable_number(ir_.updates[u].first);
      update_variables_.push_back(variable);
      if (maker[index(source)] >= 0 && !placed[index(source)] &&
          can_write_in_place(variable, source, maker[index(source)])) {
        locations_[index(source)] = {Location::Kind::kVariable, variable};
        placed[index(source)] = true;
      } else {
        update_copies_.push_back({source, u, bytes_[index(source)]});
      }
    }
    for (std::size_t f = 0; f < ir_.fetches.size(); ++f) {
      const int source = root(ir_.fetches[f]);
      if (maker[index(source)] >= 0 && !placed[index(source)]) {
        locations_[index(source)] = {Location::Kind::kFetch, f};
        placed[index(source)] = true;
      } else {
        fetch_copies_.push_back({source, f, bytes_[index(source)]});
      }
    }
    // A variable's old value that becomes another variable's new one is put aside before any is written.
    for (Copy& copy : update_copies_) {
      if (locations_[index(copy.source)].kind != Location::Kind::kVariable) continue;
      const int aside = static_cast<int>(locations_.size());
      locations_.push_back({Location::Kind::kArena, 0});
      bytes_.push_back(copy.bytes);
      root_.push_back(aside);
      set_aside_.push_back({copy.source, index(aside), copy.bytes});
      copy.source = aside;
    }
  }

  // A result may be written over the variable's old value when nobody reads that afterwards.
  bool can_write_in_place(std::size_t variable, int result, int maker) const {
    const auto is_old_value = [&](int operand) {
      const Location& location = locations_[index(operand)];
      return location.kind == Location::Kind::kVariable && location.index == variable;
    };
    for (int fetch : ir_.fetches) {
      if (is_old_value(root(fetch))) return false;
    }
    for (const auto& [target, value] : ir_.updates) {
      if (is_old_value(root(value))) return false;
    }
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      for (std::size_t i = 0; i < steps_[s].inputs.size(); ++i) {
        if (!is_old_value(steps_[s].inputs[i])) continue;
        if (static_cast<int>(s) > maker) return false;
        if (static_cast<int>(s) == maker && !steps_[s].kernel->can_share(i, output_number(steps_[s], result)))
          return false;
      }
    }
    return true;
  }

  static std::size_t output_number(const Step& step, int result) {
    return static_cast<std::size_t>(std::find(step.outputs.begin(), step.outputs.end(), result) - step.outputs.begin());
  }

  // Gives every intermediate result its place in the arena.
  void plan() {
    const int end = static_cast<int>(steps_.size());
    std::vector<int> first(locations_.size(), -1);
    std::vector<int> last(locations_.size(), -1);
    for (int s = 0; s < end; ++s) {
      const Step& step = steps_[static_cast<std::size_t>(s)];
      for (int output : step.outputs) first[index(output)] = last[index(output)] = s;
      for (int input : step.inputs) last[index(input)] = s;
    }
    for (const auto* copies : {&update_copies_, &fetch_copies_}) {
      for (const Copy& copy : *copies) last[index(copy.source)] = end;
    }
    for (const Copy& copy : set_aside_) first[copy.target] = last[copy.target] = end;

    std::vector<MemoryBlock> blocks;
    std::vector<int> block_of(locations_.size(), -1);
    const auto is_in_arena = [&](int operand) { return locations_[index(operand)].kind == Location::Kind::kArena; };
    for (int s = 0; s < end; ++s) {
      const Step& step = steps_[static_cast<std::size_t>(s)];
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
    for (const Copy& copy : set_aside_) {
      block_of[copy.target] = static_cast<int>(blocks.size());
      blocks.push_back({copy.bytes, end, end});
    }
    arena_bytes_ = plan_memory(blocks);
    for (std::size_t operand = 0; operand < locations_.size(); ++operand) {
      if (block_of[operand] >= 0) locations_[operand].index = blocks[index(block_of[operand])].offset;
    }
    argument_begin_.reserve(steps_.size());
    for (const Step& step : steps_) {
      argument_begin_.push_back(num_arguments_);
      num_arguments_ += step.inputs.size() + step.outputs.size();
    }
  }

  // An input whose memory an output may take over: used here for the last time, of the same size, and the kernel allows
  // it.
  int reusable_input(const Step& step, std::size_t output, int at, const std::vector<int>& last,
                     const std::vector<int>& block_of, const std::vector<int>& taken) const {
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const int input = step.inputs[i];
      const bool ends_here = block_of[index(input)] >= 0 && last[index(input)] == at &&
                             locations_[index(input)].kind == Location::Kind::kArena &&
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

  void dump_plan() const {
    std::fprintf(
        stderr,
        "== plan: %zu steps, arena %zu bytes, scratch %zu bytes, %zu packed copies kept, %zu + %zu copies at the end\n",
        steps_.size(), arena_bytes_, scratch_bytes_, packed_variables_.size(), fetch_copies_.size(),
        update_copies_.size());
    for (const Step& step : steps_) {
      std::fprintf(stderr, "  %s", step.operation.c_str());
      for (int output : step.outputs) {
        static constexpr const char* kKinds[] = {"arena", "constant", "feed", "fetch", "variable", "packed"};
        const Location& location = locations_[index(output)];
        std::fprintf(stderr, " %%%d:%s+%zu", output, kKinds[static_cast<std::size_t>(location.kind)], location.index);
      }
      std::fprintf(stderr, "\n");
    }
  }

  // ---- the prologue: a program of its own, which writes variables that only this one reads

  void add_prologue() {
    prologue_ = std::make_unique<Implementation>(std::move(*ir_.prologue), TensorSpecs{});
    ir_.prologue = nullptr;
    for (std::size_t i = 0; i < prologue_->variables_.size(); ++i) {
      if (!prologue_->written_[i]) prologue_sources_.push_back(prologue_->variables_[i]);
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
    context->arena = allocate_storage(arena_bytes_ + scratch_bytes_);
    context->operands.resize(locations_.size());
    context->arguments.resize(num_arguments_);
    context->packed.resize(packed_variables_.size());
    context->variables.resize(variables_.size());
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
    if (packed_variables_.size() > 0) packed_variables_.current(context.packed);
    for (std::size_t i = 0; i < variables_.size(); ++i) context.variables[i] = variables_[i].data(written_[i]);
    for (std::size_t i = 0; i < locations_.size(); ++i) {
      const Location& location = locations_[i];
      switch (location.kind) {
        case Location::Kind::kArena:
          context.operands[i] = static_cast<std::byte*>(context.arena.get()) + location.index;
          break;
        case Location::Kind::kConstant: context.operands[i] = constants_[location.index].raw(); break;
        // Kernels take inputs as pointers to const; one table serves inputs and outputs.
        case Location::Kind::kFeed: context.operands[i] = const_cast<void*>(feeds[location.index]); break;
        case Location::Kind::kFetch: context.operands[i] = fetches[location.index]; break;
        case Location::Kind::kVariable: context.operands[i] = context.variables[location.index]; break;
        case Location::Kind::kPacked: context.operands[i] = context.packed[location.index].get(); break;
      }
    }
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      void** argument = context.arguments.data() + argument_begin_[s];
      for (int input : steps_[s].inputs) *argument++ = context.operands[index(input)];
      for (int output : steps_[s].outputs) *argument++ = context.operands[index(output)];
    }
  }

  void finish(const Context& context, std::span<void* const> fetches) const {
    for (const Copy& copy : fetch_copies_)
      std::memcpy(fetches[copy.target], context.operands[index(copy.source)], copy.bytes);
    for (const Copy& copy : set_aside_)
      std::memcpy(context.operands[copy.target], context.operands[index(copy.source)], copy.bytes);
    for (const Copy& copy : update_copies_) {
      std::memcpy(context.variables[update_variables_[copy.target]], context.operands[index(copy.source)], copy.bytes);
    }
    for (std::size_t i = 0; i < variables_.size(); ++i) {
      if (written_[i]) variables_[i].mark_written();
    }
  }

  static std::size_t index(int number) { return static_cast<std::size_t>(number); }
  int root(int value) const { return root_[index(value)]; }

  struct Packing {
    int source;
    std::shared_ptr<const Layout> layout;
    int packed;
  };

  Ir ir_;
  TensorSpecs feed_specs_;
  TensorSpecs fetch_specs_;
  std::vector<int> root_;
  std::vector<std::size_t> bytes_;
  std::vector<Location> locations_;
  Tensors constants_;
  Variables variables_;
  std::vector<bool> written_;
  std::vector<Step> steps_;
  std::vector<Packing> packings_;
  PackedVariables packed_variables_;
  std::vector<std::size_t> update_variables_;
  std::vector<Copy> update_copies_;
  std::vector<Copy> fetch_copies_;
  std::vector<Copy> set_aside_;
  std::vector<std::size_t> argument_begin_;
  std::size_t num_arguments_ = 0;
  std::size_t arena_bytes_ = 0;
  std::size_t scratch_bytes_ = 0;
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
