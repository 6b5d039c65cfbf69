#pragma once

#include <memory>
#include <string>

#include "framework/attributes.h"
#include "framework/kernel.h"
#include "framework/queue.h"
#include "framework/tensor.h"
#include "tests/framework/backends/cuda/emulation/emulated_card.h"

namespace cornu::test {

/// A card for tests: this machine's where the environment says CORNU_TEST_GPU=1, as `./dev test-gpu` does, otherwise
/// the emulated one. "gpu:0" is it while this lives.
class TestCard {
 public:
  TestCard();
  ~TestCard();

  static bool is_real();
  Queue& queue() { return *queue_; }

 private:
  std::unique_ptr<EmulatedCard> emulated_;
  std::shared_ptr<Queue> queue_;
};

/// Runs a kernel of the card on values; outputs and scratch memory hold NaN bytes before, on the emulated card.
Tensors run_on_card(TestCard& card, const Kernel& kernel, const Tensors& inputs, const TensorSpecs& outputs);

/// The same for an operation, whose rule says what comes out. Fails the running case where there is no kernel.
Tensors run_on_card(TestCard& card, const std::string& operation, const Attributes& attributes, const Tensors& inputs);

/// Compares the card's kernel with the reference kernel: |actual - expected| <= atol + rtol * |expected|, element by
/// element; NaN and infinities must be the same. Every output is compared. Integers and bools must be equal.
void check_on_card(TestCard& card, const std::string& operation, const Attributes& attributes, const Tensors& inputs,
                   double rtol = 0, double atol = 0);

}  // namespace cornu::test
