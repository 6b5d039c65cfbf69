#pragma once

#include <string>
#include <vector>

#include "framework/elementwise_program.h"
#include "framework/tensor.h"

namespace cornu::test {

/// A chain whose kernel is compiled, by NVRTC and by the host's compiler.
struct ChainCase {
  std::string name;  ///< of the kernel
  ElementwiseProgram program;
  TensorSpecs inputs;
  TensorSpecs outputs;
};

inline constexpr DType kComputedDTypes[] = {DType::kFloat32, DType::kFloat64, DType::kFloat16, DType::kBFloat16};

bool gives_truth(const std::string& operation);
int num_operands(const std::string& operation);

/// One operation on operands of these shapes; of "where" the condition is bool. Truths are made of the dtype too.
ChainCase operation_case(const std::string& operation, DType dtype, const std::vector<Shape>& shapes,
                         const std::string& form);

/// Every operation for every dtype, on kOperationShape: each special value beside each.
std::vector<ChainCase> operation_cases();
inline constexpr std::int64_t kNumSpecialValues = 61;

/// Every operation for every dtype with every form of operand: all elements, one, rows, runs.
std::vector<ChainCase> form_cases();

/// Casts between any two dtypes, operands of many shapes, and chains of several steps.
std::vector<ChainCase> chain_cases();

}  // namespace cornu::test
