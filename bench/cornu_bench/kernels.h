#pragma once

#include <cornu/cornu.h>

namespace bench {

/// Gives all kernels of a built model their Glorot numbers, kernel by kernel in the order in which the layers were
/// made. Other weights keep what their layers begin with.
void set_kernels(const cornu::AnyModel& model);

}  // namespace bench
