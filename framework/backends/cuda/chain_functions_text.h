#pragma once

namespace cornu::cuda {

/// chain_functions.cuh as a string; cmake/Cuda.cmake makes it.
extern const char* const kChainFunctions;

}  // namespace cornu::cuda
