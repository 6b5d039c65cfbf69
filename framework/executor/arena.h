#pragma once

namespace cornu {

struct Schedule;

/// Gives every intermediate result and the scratch memory of every step its place in one arena: what is not needed at
/// the same time shares memory, and results take over the memory of inputs where kernels allow it.
void place_in_arena(Schedule& schedule);

}  // namespace cornu
