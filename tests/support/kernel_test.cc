#include "tests/support/kernel_test.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "tests/support/gradient_check.h"
#include "tests/support/guarded_memory.h"

namespace cornu::test {
namespace {

// What a program aligns memory of its own to. Inputs and outputs may be the user's, aligned to their elements alone.
constexpr std::size_t kAlignment = 64;

// Runs with all operands at that end of their pages.
Tensors run_guarded(const Kernel& kernel, const Tensors& inputs, const TensorSpecs& outputs, GuardedEnd end) {
  std::vector<Storage> packed;
  Tensors guarded_inputs;
  std::vector<const void*> sources;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    guarded_inputs.push_back(guarded(inputs[i], end));
    sources.push_back(guarded_inputs.back().raw());
    const auto layout = kernel.input_layout(i);
    if (!layout) continue;
    packed.push_back(guarded_memory(layout->num_bytes(), end, kAlignment));
    const auto packer = kernel.packer(i);
    const Storage scratch = guarded_memory(packer->scratch_bytes(), end, kAlignment);
    void* target = packed.back().get();
    packer->run({&sources.back(), &target, scratch.get()});
    sources.back() = target;
  }
  Tensors results;
  std::vector<void*> targets;
  for (const TensorSpec& output : outputs) {
    const std::size_t bytes = static_cast<std::size_t>(output.shape.num_elements()) * size_of(output.dtype);
    results.push_back(Tensor::from_storage(guarded_memory(bytes, end), output));
    targets.push_back(results.back().raw());
  }
  const Storage scratch = guarded_memory(kernel.scratch_bytes(), end, kAlignment);
  kernel.run({sources.data(), targets.data(), scratch.get()});
  return results;
}

}  // namespace

TensorSpecs inferred(const std::string& operation, const Attributes& attributes, const Tensors& inputs) {
  TensorSpecs specs;
  for (const Tensor& tensor : inputs) specs.push_back(tensor.spec());
  return operation_named(operation).infer(specs, attributes);
}

Tensors run_kernel(Backend backend, const std::string& operation, const Attributes& attributes, const Tensors& inputs) {
  TensorSpecs specs;
  for (const Tensor& tensor : inputs) specs.push_back(tensor.spec());
  const TensorSpecs outputs = inferred(operation, attributes, inputs);
  const auto kernel = compile_kernel_of(backend, {operation, attributes, specs, outputs});
  BOOST_TEST_REQUIRE((kernel != nullptr), "no kernel for " << operation << " " << attributes.to_string());
  return run_kernel(*kernel, inputs, outputs);
}

Tensors run_kernel(const Kernel& kernel, const Tensors& inputs, const TensorSpecs& outputs) {
  run_guarded(kernel, inputs, outputs, GuardedEnd::kFirst);
  return run_guarded(kernel, inputs, outputs, GuardedEnd::kLast);
}

Tensor uniform_float32(const Shape& shape, std::uint64_t seed, double low, double high) {
  const Tensor wide = uniform(shape, seed, low, high);
  Tensor result = Tensor::empty(shape, float32);
  const auto source = wide.data<double>();
  auto target = result.mutable_data<float>();
  for (std::size_t i = 0; i < source.size(); ++i) target[i] = static_cast<float>(source[i]);
  return result;
}

Tensor widened(const Tensor& x, bool absolute) {
  Tensor result = Tensor::empty(x.shape(), float64);
  const auto source = x.data<float>();
  auto target = result.mutable_data<double>();
  for (std::size_t i = 0; i < source.size(); ++i) {
    target[i] = absolute ? std::abs(static_cast<double>(source[i])) : static_cast<double>(source[i]);
  }
  return result;
}

void check_against_reference(const std::string& operation, const Attributes& attributes, const Tensors& inputs,
                             double tolerance) {
  Attributes linear = attributes;
  if (attributes.contains("activation")) linear.set("activation", "");
  Tensors wide;
  Tensors magnitudes;
  for (const Tensor& tensor : inputs) {
    wide.push_back(widened(tensor));
    magnitudes.push_back(widened(tensor, true));
  }
  const Tensors actual = run_kernel(Backend::kCpu, operation, attributes, inputs);
  const Tensors expected = run_kernel(Backend::kReference, operation, attributes, wide);
  const Tensors scales = run_kernel(Backend::kReference, operation, linear, magnitudes);
  for (std::size_t k = 0; k < actual.size(); ++k) {
    const auto a = actual[k].data<float>();
    const auto e = expected[k].data<double>();
    const auto s = scales[k].data<double>();
    for (std::size_t i = 0; i < a.size(); ++i) {
      const bool close = std::abs(static_cast<double>(a[i]) - e[i]) <= tolerance * s[i] + 1e-37;
      BOOST_TEST(close, operation << " " << attributes.to_string() << " of " << inputs[0].shape().to_string() << " and "
                                  << inputs[1].shape().to_string() << ", output " << k << ", element " << i
                                  << ": expected " << e[i] << "; got " << a[i] << ", tolerance " << tolerance * s[i]);
      if (!close) break;
    }
  }
}

}  // namespace cornu::test
