#pragma once

#include "framework/executor/ir/ir.h"

namespace cornu {

/// True for a sum over all axes but the last: what the gradient of a bias is, with or without axes of size 1.
bool is_channel_sum(const Ir& ir, const IrNode& node);

}  // namespace cornu
