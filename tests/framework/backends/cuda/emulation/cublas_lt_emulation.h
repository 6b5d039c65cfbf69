#pragma once

#include "framework/backends/cuda/cublas_lt.h"

namespace cornu::test {

/// cuBLASLt in plain loops, for the emulated card: what its documentation says of the calls that cornu makes.
cuda::CublasLt emulated_cublas_lt();

/// Whether it has the epilogue that sums a factor; at first it has.
extern bool emulated_cublas_lt_sums;

}  // namespace cornu::test
