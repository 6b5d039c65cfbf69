#pragma once

#include <string>

#include "framework/attributes.h"
#include "framework/tensor.h"

namespace cornu::test {

/// Compiles every text of an operation's kernel with NVRTC for sm_90, and for sm_80 and sm_100 where `all` is true;
/// fails the running case with the compiler's log. Says so where there is no NVRTC.
void check_compiles(const std::string& operation, const Attributes& attributes, const TensorSpecs& inputs,
                    bool all = false);

}  // namespace cornu::test
