#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <span>

#include "framework/executor/program.h"
#include "models/model.h"

namespace cornu {

/// A model's inference programs, one for each shape of inputs met lately. Safe to use from several threads.
class Predictor {
 public:
  explicit Predictor(ModelLayer& model) : model_(model) {}

  /// The program for inputs of these specs, compiled if need be.
  std::shared_ptr<const Program> program_for(std::span<const Tensor> inputs);
  std::shared_ptr<const Program> program_for(const TensorSpecs& specs);

  /// Forgets all programs: after the model's structure changed.
  void clear();

 private:
  ModelLayer& model_;
  std::mutex mutex_;
  std::mutex trace_mutex_;
  std::list<std::shared_ptr<const Program>> programs_;  ///< the last used first
};

}  // namespace cornu
