#pragma once

#include <memory>
#include <mutex>
#include <span>

#include "models/memory_view.h"
#include "models/model.h"
#include "models/program_cache.h"

namespace cornu {

/// A model's inference programs, one for each shape of inputs met lately. Safe to use from several threads.
class Predictor {
 public:
  explicit Predictor(ModelLayer& model) : model_(model) {}

  /// The program for inputs of these specs, compiled if need be.
  ProgramCache::Lease program_for(std::span<const Tensor> inputs);
  ProgramCache::Lease program_for(const TensorSpecs& specs);

  /// Compiles the program for inputs of these specs and runs it once, on zeros. It is found by the sizes of its inputs.
  void prepare(const TensorSpecs& specs);
  /// The program prepared for inputs of these dtypes and sizes, the last one of several; none where there is none.
  ProgramCache::Lease prepared_for(std::span<const InputView> inputs) const;

  /// Forgets all programs: after the model's structure changed.
  void clear();

 private:
  std::shared_ptr<const Program> compiled(const TensorSpecs& specs);

  ModelLayer& model_;
  std::mutex trace_mutex_;
  ProgramCache programs_;
  ProgramCache prepared_;
};

}  // namespace cornu
