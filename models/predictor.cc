#include "models/predictor.h"

#include <algorithm>

#include "framework/graph/graph.h"

namespace cornu {
namespace {

// FNV-1a: what programs are found by. Programs with equal keys are told apart by their specs.
class Key {
 public:
  Key& add(std::uint64_t value) {
    value_ = (value_ ^ value) * 0x100000001B3;
    return *this;
  }
  void add(const Shape& shape, DType dtype) {
    add(static_cast<std::uint64_t>(dtype)).add(shape.dims().size());
    for (std::int64_t dim : shape) add(static_cast<std::uint64_t>(dim));
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325;
};

std::size_t size_of_input(const TensorSpec& spec) { return static_cast<std::size_t>(spec.shape.num_elements()); }

}  // namespace

ProgramCache::Lease Predictor::program_for(std::span<const Tensor> inputs) {
  Key key;
  for (const Tensor& input : inputs) key.add(input.shape(), input.dtype());
  ProgramCache::Lease known = programs_.find(key.value(), [&](const Program& program) {
    return program.is_current() &&
           std::equal(inputs.begin(), inputs.end(), program.feed_specs().begin(), program.feed_specs().end(),
                      [](const Tensor& input, const TensorSpec& spec) {
                        return input.dtype() == spec.dtype && input.shape() == spec.shape;
                      });
  });
  if (known) return known;
  TensorSpecs specs;
  for (const Tensor& input : inputs) specs.push_back(input.spec());
  return program_for(specs);
}

ProgramCache::Lease Predictor::program_for(const TensorSpecs& specs) {
  Key key;
  for (const TensorSpec& spec : specs) key.add(spec.shape, spec.dtype);
  const auto matches = [&](const Program& program) { return program.is_current() && program.feed_specs() == specs; };
  if (ProgramCache::Lease known = programs_.find(key.value(), matches)) return known;
  // One thread traces at a time: tracing may build layers.
  const std::lock_guard tracing(trace_mutex_);
  for (;;) {
    if (ProgramCache::Lease known = programs_.find(key.value(), matches)) return known;
    programs_.add(key.value(), compiled(specs));
  }
}

std::shared_ptr<const Program> Predictor::compiled(const TensorSpecs& specs) {
  const auto graph = std::make_shared<Graph>("predict of " + model_.name());
  Tensors symbols;
  Tensors outputs;
  {
    const GraphScope scope(graph);
    for (const TensorSpec& spec : specs) symbols.push_back(graph->placeholder(spec));
    const Inputs inputs = symbols.size() == 1 ? Inputs(symbols[0]) : Inputs(symbols);
    outputs = model_(inputs, {.training = false}).tensors();
  }
  return Program::compile(graph, symbols, outputs);
}

void Predictor::prepare(const TensorSpecs& specs) {
  const std::shared_ptr<const Program> program = program_for(specs).shared();
  Tensors zeros;
  Key key;
  for (const TensorSpec& spec : specs) {
    zeros.push_back(Tensor::empty(spec.shape, spec.dtype));
    std::fill_n(static_cast<std::byte*>(zeros.back().raw()), zeros.back().num_bytes(), std::byte{0});
    key.add(static_cast<std::uint64_t>(spec.dtype)).add(size_of_input(spec));
  }
  program->run(zeros);
  const auto is_this = [&](const Program& other) { return &other == program.get(); };
  if (prepared_.find(key.value(), is_this)) return;
  prepared_.remove(key.value());
  prepared_.add(key.value(), program);
}

ProgramCache::Lease Predictor::prepared_for(std::span<const InputView> inputs) const {
  Key key;
  for (const InputView& input : inputs) key.add(static_cast<std::uint64_t>(input.dtype)).add(input.size);
  return prepared_.find(key.value(), [&](const Program& program) {
    return std::equal(inputs.begin(), inputs.end(), program.feed_specs().begin(), program.feed_specs().end(),
                      [](const InputView& input, const TensorSpec& spec) {
                        return input.dtype == spec.dtype && input.size == size_of_input(spec);
                      });
  });
}

void Predictor::clear() {
  programs_.clear();
  prepared_.clear();
}

}  // namespace cornu
