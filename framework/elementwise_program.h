#pragma once

#include <string>
#include <vector>

#include "framework/dtype.h"

namespace cornu {

/// A chain of elementwise operations as one unit of work: what the fusion pass makes of several nodes and a kernel runs
/// block by block in cache.
///
/// Values are numbered: first the inputs, then one per step. Every step has the shape of the outputs; inputs broadcast.
struct ElementwiseProgram {
  struct Step {
    std::string operation;      ///< name of an elementwise operation: "add", "where", "cast", ...
    std::vector<int> operands;  ///< numbers of earlier values
    DType dtype;                ///< of the result
    bool operator==(const Step&) const = default;
  };
  std::vector<Step> steps;
  std::vector<int> outputs;  ///< numbers of the values that leave, in the order of the node's outputs

  bool operator==(const ElementwiseProgram&) const = default;
};

}  // namespace cornu
