#pragma once

#include <span>
#include <string>

#include <cornu/cornu.h>

#include "bench/cornu_bench/measurement.h"

namespace bench {

/// A network that is trained or asked, under the name by which the command line chooses it.
struct Workload {
  const char* name;
  void (*run)(Measurement& measurement);
};

// One list for each family of networks.
std::span<const Workload> siamese_workloads();
std::span<const Workload> convolutional_workloads();
std::span<const Workload> recurrent_workloads();
std::span<const Workload> transformer_workloads();
std::span<const Workload> application_workloads();
std::span<const Workload> fashion_workloads();

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
