#include "tests/framework/backends/cuda/emulation/card_check.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

void check_close(const std::string& what, const Tensor& actual, const Tensor& expected, double rtol, double atol) {
  BOOST_TEST_REQUIRE((actual.spec() == expected.spec()));
  const std::vector<double> values = actual.to_vector<double>();
  const std::vector<double> wanted = expected.to_vector<double>();
  const double relative = is_floating(actual.dtype()) ? rtol : 0;
  const double absolute = is_floating(actual.dtype()) ? atol : 0;
  std::size_t wrong = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool same = values[i] == wanted[i] || (std::isnan(values[i]) && std::isnan(wanted[i]));
    if (same || std::abs(values[i] - wanted[i]) <= absolute + relative * std::abs(wanted[i])) continue;
    if (wrong++ == 0) first = i;
  }
  if (wrong == 0) return;
  BOOST_ERROR(what << ": " << wrong << " of " << values.size() << " are wrong, the first at " << first << ": "
                   << values[first] << " instead of " << wanted[first]);
}

}  // namespace

bool TestCard::is_real() {
  const char* wanted = std::getenv("CORNU_TEST_GPU");
  return wanted && std::string_view(wanted) == "1";
}

TestCard::TestCard() : emulated_(is_real() ? nullptr : std::make_unique<EmulatedCard>()), queue_(queue_of("gpu:0")) {}

TestCard::~TestCard() {
  set_default_device("cpu");
  queue_ = nullptr;
}

Tensors run_on_card(TestCard& card, const Kernel& kernel, const Tensors& inputs, const TensorSpecs& outputs) {
  Queue& queue = card.queue();
  const auto lock = queue.lock();
  std::vector<Storage> memory;
  std::vector<Storage> staging;
  std::vector<const void*> sources;
  std::vector<void*> targets;
  for (const Tensor& input : inputs) {
    memory.push_back(queue.allocate(input.num_bytes(), "input"));
    staging.push_back(queue.allocate_on_host(input.num_bytes()));
    if (input.num_bytes() > 0) std::memcpy(staging.back().get(), input.raw(), input.num_bytes());
    queue.copy(memory.back().get(), staging.back().get(), input.num_bytes());
    sources.push_back(memory.back().get());
  }
  Tensors results;
  for (const TensorSpec& output : outputs) {
    results.push_back(Tensor::empty(output.shape, output.dtype));
    memory.push_back(queue.allocate(results.back().num_bytes(), "output"));
    targets.push_back(memory.back().get());
  }
  const Storage scratch = queue.allocate(kernel.scratch_bytes(), "scratch");
  kernel.run({sources.data(), targets.data(), scratch.get(), &queue});
  std::vector<Storage> back;
  for (std::size_t i = 0; i < results.size(); ++i) {
    back.push_back(queue.allocate_on_host(results[i].num_bytes()));
    queue.copy(back.back().get(), targets[i], results[i].num_bytes());
  }
  queue.finish();
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].num_bytes() > 0) std::memcpy(results[i].raw(), back[i].get(), results[i].num_bytes());
  }
  return results;
}

Tensors run_on_card(TestCard& card, const std::string& operation, const Attributes& attributes, const Tensors& inputs) {
  TensorSpecs specs;
  for (const Tensor& tensor : inputs) specs.push_back(tensor.spec());
  const TensorSpecs outputs = inferred(operation, attributes, inputs);
  const auto kernel = compile_kernel_of(Backend::kCuda, {operation, attributes, specs, outputs});
  BOOST_TEST_REQUIRE((kernel != nullptr), "no kernel for " << operation << " " << attributes.to_string());
  return run_on_card(card, *kernel, inputs, outputs);
}

void check_on_card(TestCard& card, const std::string& operation, const Attributes& attributes, const Tensors& inputs,
                   double rtol, double atol) {
  const Tensors actual = run_on_card(card, operation, attributes, inputs);
  const Tensors expected = run_kernel(Backend::kReference, operation, attributes, inputs);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    check_close(operation + " " + attributes.to_string() + ", output " + std::to_string(i), actual[i], expected[i],
                rtol, atol);
  }
}

}  // namespace cornu::test
