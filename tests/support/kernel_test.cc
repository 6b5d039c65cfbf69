#include "tests/support/kernel_test.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>

#include "tests/support/gradient_check.h"

namespace cornu::test {
namespace {

// A byte pattern that is NaN in every floating type.
void poison(void* memory, std::size_t bytes) { std::memset(memory, 0xFF, bytes); }

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
  std::vector<Storage> packed;
  std::vector<const void*> sources;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    sources.push_back(inputs[i].raw());
    const auto layout = kernel.input_layout(i);
    if (!layout) continue;
    packed.push_back(allocate_storage(layout->num_bytes()));
    poison(packed.back().get(), layout->num_bytes());
    const auto packer = kernel.packer(i);
    const Storage scratch = allocate_storage(packer->scratch_bytes());
    const void* source = inputs[i].raw();
    void* target = packed.back().get();
    packer->run({&source, &target, scratch.get()});
    sources.back() = target;
  }
  Tensors results;
  std::vector<void*> targets;
  for (const TensorSpec& output : outputs) {
    results.push_back(Tensor::empty(output.shape, output.dtype));
    poison(results.back().raw(), results.back().num_bytes());
    targets.push_back(results.back().raw());
  }
  const Storage scratch = allocate_storage(kernel.scratch_bytes());
  poison(scratch.get(), kernel.scratch_bytes());
  kernel.run({sources.data(), targets.data(), scratch.get()});
  return results;
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
