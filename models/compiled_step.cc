#include "models/compiled_step.h"

#include <algorithm>

#include "framework/graph/graph.h"

namespace cornu {
namespace {

bool fit(const TensorSpecs& specs, const Tensors& tensors) {
  if (specs.size() != tensors.size()) return false;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].dtype != tensors[i].dtype() || specs[i].shape != tensors[i].shape()) return false;
  }
  return true;
}

}  // namespace

CompiledStep::CompiledStep(const std::string& name, const TensorSpecs& x, const TensorSpecs& y,
                           const TensorSpecs& sample_weight, const std::function<StepLogs(const StepData&)>& step)
    : x_(x), y_(y), sample_weight_(sample_weight) {
  const auto graph = std::make_shared<Graph>(name);
  Tensors feeds;
  Tensors fetches;
  {
    const GraphScope scope(graph);
    const auto symbols = [&](const TensorSpecs& specs) {
      Tensors tensors;
      for (const TensorSpec& spec : specs) {
        tensors.push_back(graph->placeholder(spec));
        feeds.push_back(tensors.back());
      }
      return tensors;
    };
    StepData data;
    data.x = symbols(x);
    data.y = symbols(y);
    data.sample_weight = symbols(sample_weight);
    for (const auto& [log_name, value] : step(data)) {
      names_.push_back(log_name);
      fetches.push_back(value);
    }
  }
  program_ = Program::compile(graph, feeds, fetches);
  for (const TensorSpec& spec : program_->fetch_specs()) {
    results_.push_back(Tensor::empty(spec.shape, spec.dtype));
    targets_.push_back(results_.back().raw());
  }
  sources_.resize(feeds.size());
}

bool CompiledStep::fits(const Batch& batch) const {
  return program_->is_current() && fit(x_, batch.x) && fit(y_, batch.y) && fit(sample_weight_, batch.sample_weight);
}

void CompiledStep::find_sources(const Batch& batch) {
  std::size_t i = 0;
  for (const auto* tensors : {&batch.x, &batch.y, &batch.sample_weight}) {
    for (const Tensor& tensor : *tensors) sources_[i++] = tensor.raw();
  }
}

void CompiledStep::run(const Batch& batch, Logs& logs) {
  start(batch);
  finish(logs);
}

void CompiledStep::start(const Batch& batch, bool is_brought) {
  find_sources(batch);
  program_->start(sources_, targets_, is_brought);
}

void CompiledStep::finish(Logs& logs) {
  program_->wait();
  read_step_logs(names_, results_, logs);
}

void CompiledStep::bring(const Batch& batch) {
  find_sources(batch);
  program_->bring(sources_);
}

void read_step_logs(const std::vector<std::string>& names, const Tensors& values, Logs& logs) {
  const auto read = [](const Tensor& tensor, std::vector<double>& into) {
    into.resize(static_cast<std::size_t>(tensor.num_elements()));
    if (tensor.dtype() == DType::kFloat32) {
      std::copy(tensor.data<float>().begin(), tensor.data<float>().end(), into.begin());
    } else {
      into = tensor.to_vector<double>();
    }
  };
  logs.items().reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!logs.contains(names[i])) logs.set(names[i], std::vector<double>());
    for (auto& [name, figures] : logs.items()) {
      if (name == names[i]) read(values[i], figures);
    }
  }
}

}  // namespace cornu
