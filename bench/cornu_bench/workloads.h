#pragma once

#include <span>

#include <cornu/cornu.h>

#include "apps/measurement/measurement.h"

namespace bench {

using cornu::measurement::Measurement;

/// A network that is trained or asked, under the name by which the command line chooses it.
struct Workload {
  const char* name;
  std::int64_t batch_size;  ///< at batch factor 1
  void (*run)(Measurement& measurement);
};

// One list for each family of networks.
std::span<const Workload> siamese_workloads();
std::span<const Workload> convolutional_workloads();
std::span<const Workload> recurrent_workloads();
std::span<const Workload> transformer_workloads();
std::span<const Workload> application_workloads();
std::span<const Workload> fashion_workloads();

/// Input `number` of the model that is measured: a batch of samples of that shape, in [low, 1).
cornu::Tensor input(const Measurement& measurement, std::uint64_t number, const cornu::Shape& sample, float low = 0.0F);
/// Class numbers below 10, int32.
cornu::Tensor classes(const Measurement& measurement);
/// Zeros and ones, `(batch, 1)` float32.
cornu::Tensor bits(const Measurement& measurement);

/// Compiles the model and trains it on one batch, again and again.
void train(Measurement& measurement, const cornu::AnyModel& model, const cornu::CompileOptions& options,
           const cornu::ModelData& x, const cornu::ModelData& y);
/// Predicts one batch again and again, into the same memory.
void infer(Measurement& measurement, const cornu::AnyModel& model, const cornu::Tensor& x);
/// Sparse softmax cross-entropy from logits.
cornu::Loss cross_entropy();
/// The LeNet of `lenet_train`, logits out.
cornu::Sequential lenet();
/// The tower of `siamese_mlp_train`.
cornu::Sequential mlp_tower();

}  // namespace bench
