#pragma once

#include <functional>
#include <string>
#include <vector>

#include "framework/backends/cuda/cublas_lt.h"
#include "framework/backends/cuda/cudnn.h"
#include "framework/backends/cuda/driver.h"
#include "framework/backends/cuda/nvrtc.h"

namespace cornu::cuda {

/// All that a card is used through. Tests fill it with functions of their own.
struct Libraries {
  Driver driver;
  /// Machine code for CUDA C++; `name` stands for it in messages.
  std::function<std::vector<char>(const std::string& text, const std::string& name, ComputeCapability)> compile;
  CublasLt cublas_lt;
  Cudnn cudnn;
};

/// This machine's, opened at the first call; or what is missing, and what to do.
const OrReason<Libraries>& libraries();

}  // namespace cornu::cuda
