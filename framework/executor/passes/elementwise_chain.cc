#include "framework/executor/passes/elementwise_chain.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>

#include "framework/executor/passes/elementwise_cost.h"
#include "framework/executor/passes/elementwise_groups.h"

namespace cornu {
namespace {

constexpr const char* kFused = "fused_elementwise";

std::size_t index(int number) { return static_cast<std::size_t>(number); }

// Puts programs together: values are known by number in the Ir where they have one, by what makes them elsewhere.
class Joiner {
 public:
  explicit Joiner(std::vector<int> inputs) {
    for (const int input : inputs) numbers_.emplace(input, static_cast<int>(numbers_.size()));
    chain_.inputs = std::move(inputs);
  }

  // Adds the steps of a chain, all of whose inputs are known.
  void add(const ElementwiseChain& chain) {
    std::vector<int> number_of;
    for (const int input : chain.inputs) number_of.push_back(numbers_.at(input));
    for (const ElementwiseProgram::Step& step : chain.program.steps) {
      ElementwiseProgram::Step joined = step;
      for (int& operand : joined.operands) operand = number_of[index(operand)];
      number_of.push_back(number_of_step(joined));
    }
    for (std::size_t o = 0; o < chain.outputs.size(); ++o)
      numbers_[chain.outputs[o]] = number_of[index(chain.program.outputs[o])];
  }

  ElementwiseChain leaving(std::vector<int> outputs) && {
    for (const int output : outputs) chain_.program.outputs.push_back(numbers_.at(output));
    chain_.outputs = std::move(outputs);
    return std::move(chain_);
  }

 private:
  int number_of_step(const ElementwiseProgram::Step& step) {
    std::vector<ElementwiseProgram::Step>& steps = chain_.program.steps;
    const auto known = std::find(steps.begin(), steps.end(), step);
    const auto position = static_cast<int>(std::distance(steps.begin(), known));
    if (known == steps.end()) steps.push_back(step);
    return static_cast<int>(chain_.inputs.size()) + position;
  }

  ElementwiseChain chain_;
  std::map<int, int> numbers_;
};

}  // namespace

bool ElementwiseChain::is_chain(const Ir& ir, const IrNode& node) {
  return node.operation->name == kFused || is_fusable(ir, node);
}

ElementwiseChain ElementwiseChain::of(const Ir& ir, const IrNode& node) {
  if (node.operation->name == kFused) return {node.attributes.elementwise("program"), node.inputs, node.outputs};
  ElementwiseChain chain{{}, {}, node.outputs};
  ElementwiseProgram::Step step{node.operation->name, {}, ir.spec(node.outputs[0]).dtype};
  for (const int input : node.inputs) {
    const auto known = std::find(chain.inputs.begin(), chain.inputs.end(), input);
    step.operands.push_back(static_cast<int>(std::distance(chain.inputs.begin(), known)));
    if (known == chain.inputs.end()) chain.inputs.push_back(input);
  }
  chain.program.steps = {std::move(step)};
  chain.program.outputs = {static_cast<int>(chain.inputs.size())};
  return chain;
}

ElementwiseChain ElementwiseChain::part_for(const std::vector<int>& wanted, const std::set<int>& is_there) const {
  const auto num_inputs = static_cast<int>(inputs.size());
  std::map<int, int> there;  // values of the program that need not be made, as values of the Ir
  for (std::size_t i = 0; i < inputs.size(); ++i) there[static_cast<int>(i)] = inputs[i];
  std::vector<int> results;
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    if (is_there.contains(outputs[o])) there[program.outputs[o]] = outputs[o];
  }
  for (const int output : wanted) {
    const auto found = std::find(outputs.begin(), outputs.end(), output);
    results.push_back(program.outputs[static_cast<std::size_t>(std::distance(outputs.begin(), found))]);
  }
  std::set<int> made;
  std::set<int> read;
  std::vector<int> open = results;
  while (!open.empty()) {
    const int value = open.back();
    open.pop_back();
    if (there.contains(value)) {
      read.insert(value);
    } else if (made.insert(value).second) {
      const std::vector<int>& operands = program.steps[index(value - num_inputs)].operands;
      open.insert(open.end(), operands.begin(), operands.end());
    }
  }
  ElementwiseChain part{{}, {}, wanted};
  std::map<int, int> number;
  for (const int value : read) {
    number[value] = static_cast<int>(part.inputs.size());
    part.inputs.push_back(there.at(value));
  }
  for (const int value : made) {
    ElementwiseProgram::Step step = program.steps[index(value - num_inputs)];
    for (int& operand : step.operands) operand = number.at(operand);
    number[value] = static_cast<int>(part.inputs.size() + part.program.steps.size());
    part.program.steps.push_back(std::move(step));
  }
  for (const int result : results) part.program.outputs.push_back(number.at(result));
  return part;
}

ElementwiseChain ElementwiseChain::after(const ElementwiseChain& part, bool leaves) const {
  std::vector<int> read = part.inputs;
  for (const int input : inputs) {
    const bool is_known = input == part.outputs[0] || std::find(read.begin(), read.end(), input) != read.end();
    if (!is_known) read.push_back(input);
  }
  Joiner joiner(std::move(read));
  joiner.add(part);
  joiner.add(*this);
  std::vector<int> left = outputs;
  if (leaves) left.push_back(part.outputs[0]);
  return std::move(joiner).leaving(std::move(left));
}

std::int64_t ElementwiseChain::additions() const {
  std::int64_t additions = 0;
  for (const ElementwiseProgram::Step& step : program.steps) additions += additions_of(step.operation);
  return additions;
}

IrNode ElementwiseChain::node() const {
  IrNode node{.operation = &operation_named(kFused), .attributes = {}, .inputs = inputs, .outputs = outputs};
  node.attributes.set("program", std::make_shared<const ElementwiseProgram>(program));
  return node;
}

}  // namespace cornu
