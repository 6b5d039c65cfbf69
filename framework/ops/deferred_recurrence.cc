#include "framework/ops/deferred_recurrence.h"

#include "framework/error.h"
#include "framework/operation.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_deferred(std::span<const TensorSpec> inputs, const Attributes& attributes) {
  const std::int64_t batch = inputs[0].shape[0];
  const std::int64_t time = inputs[0].shape[1];
  if (time != kUnknown) {
    throw Unsupported(attributes.string("who") +
                          " goes through its cell step by step, so the number of steps has to be known when the model "
                          "is traced, not only when it runs. Give the time axis of the Input a size, or trace the "
                          "model with inputs of known shape.",
                      {}, "deferred_recurrence");
  }
  const std::int64_t size = attributes.integer("output_size");
  const DType dtype = attributes.dtype("dtype");
  TensorSpecs outputs{{attributes.flag("return_sequences") ? Shape{batch, time, size} : Shape{batch, size}, dtype}};
  for (std::int64_t state : attributes.integers("state_sizes")) outputs.push_back({{batch, state}, dtype});
  return outputs;
}

const Operation& kDeferred = register_operation({.name = "deferred_recurrence", .infer = infer_deferred});

}  // namespace

SequenceOutputs deferred_recurrence(const Tensor& x, std::int64_t output_size,
                                    const std::vector<std::int64_t>& state_sizes, bool return_sequences, DType dtype,
                                    const std::string& who) {
  const Tensors outputs = apply(kDeferred, {x},
                                {{"output_size", output_size},
                                 {"state_sizes", state_sizes},
                                 {"return_sequences", return_sequences},
                                 {"dtype", dtype},
                                 {"who", who}});
  return {.output = outputs[0], .states = {outputs.begin() + 1, outputs.end()}};
}

}  // namespace cornu::ops
