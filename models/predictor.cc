#include "models/predictor.h"

#include <algorithm>

#include "framework/graph/graph.h"

namespace cornu {
namespace {

// A program that meets ever new shapes must not keep ever more programs.
constexpr std::size_t kMaxPrograms = 64;

bool fits(const Program& program, std::span<const Tensor> inputs) {
  const TensorSpecs& specs = program.feed_specs();
  if (!program.is_current() || specs.size() != inputs.size()) return false;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].dtype != inputs[i].dtype() || specs[i].shape != inputs[i].shape()) return false;
  }
  return true;
}

}  // namespace

std::shared_ptr<const Program> Predictor::program_for(std::span<const Tensor> inputs) {
  {
    const std::lock_guard lock(mutex_);
    for (auto it = programs_.begin(); it != programs_.end(); ++it) {
      if (!fits(**it, inputs)) continue;
      programs_.splice(programs_.begin(), programs_, it);
      return programs_.front();
    }
  }
  TensorSpecs specs;
  for (const Tensor& input : inputs) specs.push_back(input.spec());
  return program_for(specs);
}

std::shared_ptr<const Program> Predictor::program_for(const TensorSpecs& specs) {
  // One thread traces at a time: tracing may build layers.
  const std::lock_guard tracing(trace_mutex_);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& program : programs_) {
      if (program->is_current() && program->feed_specs() == specs) return program;
    }
  }
  const auto graph = std::make_shared<Graph>("predict of " + model_.name());
  Tensors symbols;
  Tensors outputs;
  {
    const GraphScope scope(graph);
    for (const TensorSpec& spec : specs) symbols.push_back(graph->placeholder(spec));
    const Inputs inputs = symbols.size() == 1 ? Inputs(symbols[0]) : Inputs(symbols);
    outputs = model_(inputs, {.training = false}).tensors();
  }
  const std::shared_ptr<const Program> program = Program::compile(graph, symbols, outputs);
  const std::lock_guard lock(mutex_);
  programs_.push_front(program);
  if (programs_.size() > kMaxPrograms) programs_.pop_back();
  return program;
}

void Predictor::clear() {
  const std::lock_guard lock(mutex_);
  programs_.clear();
}

}  // namespace cornu
