#pragma once

#include "framework/executor/ir/ir.h"

namespace cornu {

/// True where `CORNU_DUMP` asks to see what the compiler does.
bool dumps_passes();

/// Runs all passes over a program, in their order; each prints what it made where `dumps_passes()`.
Ir optimised(Ir ir);

}  // namespace cornu
