#include "tests/framework/backends/cuda/emulation/placement_check.h"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <memory>
#include <vector>

#include "framework/kernel.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

// A kernel of the card, and its operands in memory of the card.
class Placement {
 public:
  Placement(TestCard& card, const std::string& operation, const Attributes& attributes, const Tensors& inputs)
      : queue_(card.queue()), outputs_(inferred(operation, attributes, inputs)) {
    TensorSpecs specs;
    for (const Tensor& tensor : inputs) specs.push_back(tensor.spec());
    kernel_ = compile_kernel_of(Backend::kCuda, {operation, attributes, specs, outputs_});
    BOOST_TEST_REQUIRE((kernel_ != nullptr), operation);
    elsewhere_ = run_on_card(card, *kernel_, inputs, outputs_);
  }

  const Kernel& kernel() const { return *kernel_; }
  const TensorSpecs& outputs() const { return outputs_; }

  // Memory of the card with a tensor, or for a tensor, that many bytes behind an aligned address.
  void* place(const TensorSpec& spec, std::size_t offset) {
    const std::size_t bytes = static_cast<std::size_t>(spec.shape.num_elements()) * size_of(spec.dtype);
    memory_.push_back(queue_.allocate(bytes + offset, "operand"));
    return static_cast<char*>(memory_.back().get()) + offset;
  }
  void* place(const Tensor& tensor, std::size_t offset) {
    void* address = place(tensor.spec(), offset);
    staging_.push_back(queue_.allocate_on_host(tensor.num_bytes()));
    std::memcpy(staging_.back().get(), tensor.raw(), tensor.num_bytes());
    queue_.copy(address, staging_.back().get(), tensor.num_bytes());
    return address;
  }

  void run_and_compare(const std::vector<const void*>& sources, const std::vector<void*>& targets) {
    const Storage scratch = queue_.allocate(kernel_->scratch_bytes(), "scratch");
    kernel_->run({sources.data(), targets.data(), scratch.get(), &queue_});
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const std::size_t bytes = elsewhere_[i].num_bytes();
      const Storage back = queue_.allocate_on_host(bytes);
      queue_.copy(back.get(), targets[i], bytes);
      queue_.finish();
      BOOST_TEST(std::memcmp(back.get(), elsewhere_[i].raw(), bytes) == 0);
    }
  }

 private:
  Queue& queue_;
  std::unique_ptr<Kernel> kernel_;
  TensorSpecs outputs_;
  Tensors elsewhere_;
  std::vector<Storage> memory_;
  std::vector<Storage> staging_;
};

}  // namespace

void check_in_place(TestCard& card, const std::string& operation, const Attributes& attributes, const Tensors& inputs) {
  const auto lock = card.queue().lock();
  Placement placement(card, operation, attributes, inputs);
  BOOST_TEST_REQUIRE(placement.kernel().can_share(0, 0));
  std::vector<void*> places;
  for (const Tensor& input : inputs) places.push_back(placement.place(input, 0));
  placement.run_and_compare({places.begin(), places.end()}, {places[0]});
}

void check_unaligned(TestCard& card, const std::string& operation, const Attributes& attributes,
                     const Tensors& inputs) {
  const auto lock = card.queue().lock();
  Placement placement(card, operation, attributes, inputs);
  std::vector<const void*> sources;
  for (const Tensor& input : inputs) sources.push_back(placement.place(input, size_of(input.dtype())));
  std::vector<void*> targets;
  for (const TensorSpec& output : placement.outputs())
    targets.push_back(placement.place(output, size_of(output.dtype)));
  placement.run_and_compare(sources, targets);
}

}  // namespace cornu::test
