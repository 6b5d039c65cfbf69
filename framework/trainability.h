#pragma once

#include <cstdint>

namespace cornu {

/// Grows with every change that may decide what training changes, of any model: something is frozen, a layer gets a
/// weight, a member of a layer holds another layer. Who walked through a model to find its trainable variables need not
/// do so again while this stays.
std::uint64_t trainability_version();

/// To be called after such a change.
void trainability_changed();

}  // namespace cornu
