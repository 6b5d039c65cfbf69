#pragma once

#include <cstddef>

#include "framework/tensor.h"

namespace cornu::test {

/// Which end of a piece of memory touches a page that can be neither read nor written: a loop that goes beyond it ends
/// the program, be it machine code, that of a library, or assembled at run time, where no sanitizer sees it.
enum class GuardedEnd { kFirst, kLast };

/// Memory filled with a byte pattern that is NaN in every floating type. At its last end up to `alignment - 1` bytes
/// remain before the page, so that it begins at a multiple of `alignment`.
Storage guarded_memory(std::size_t bytes, GuardedEnd end, std::size_t alignment = 1);

/// A copy in such memory.
Tensor guarded(const Tensor& tensor, GuardedEnd end);

}  // namespace cornu::test
