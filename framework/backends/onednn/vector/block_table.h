#pragma once

#include <string_view>
#include <vector>

#include "framework/backends/onednn/vector/block_kernels.h"
#include "framework/dtype.h"

namespace cornu::vector {

/// The tables whose instructions this machine has, the best last.
std::vector<const BlockTable*> usable_tables();

/// The best of them, found once.
const BlockTable& block_table();

/// The function of that name, or null.
const BlockKernel* find_kernel(const BlockTable& table, std::string_view name);

const BlockConversion& conversion_of(const BlockTable& table, DType dtype);

}  // namespace cornu::vector
