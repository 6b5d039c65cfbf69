#pragma once

#include <string>

#include "framework/attributes.h"
#include "framework/tensor.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"

namespace cornu::test {

/// Runs the card's kernel with its output in the memory of input 0, which it must allow; what comes out must be what
/// comes out elsewhere, bit by bit.
void check_in_place(TestCard& card, const std::string& operation, const Attributes& attributes, const Tensors& inputs);

/// Runs the card's kernel with all operands one element behind an address that packs could be loaded from; what comes
/// out must be what comes out elsewhere, bit by bit.
void check_unaligned(TestCard& card, const std::string& operation, const Attributes& attributes, const Tensors& inputs);

}  // namespace cornu::test
