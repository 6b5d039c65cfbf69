#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/executor/ir/ir.h"
#include "framework/executor/packed_variables.h"
#include "framework/kernel.h"

namespace cornu {

/// Where an operand lies when a program runs.
struct Location {
  enum class Kind { kArena, kConstant, kFeed, kFetch, kVariable, kPacked };
  Kind kind = Kind::kArena;
  std::size_t index = 0;  ///< arena: offset; otherwise the number of the feed, fetch, ...
};

/// One kernel, and the numbers of the operands it works on.
struct Step {
  std::string operation;
  std::shared_ptr<const Kernel> kernel;
  std::vector<int> inputs;
  std::vector<int> outputs;
  std::size_t scratch = 0;  ///< where in the arena its scratch memory lies
};

/// What is left to copy when all steps have run.
struct Copy {
  int source;          ///< number of an operand
  std::size_t target;  ///< number of a fetch, of an update, or of an operand
  std::size_t bytes;
};

/// A copy, in the layout of some kernel, of a variable that the prologue computes.
struct ProloguePacking {
  int source;       ///< number of a value of the prologue
  Variable packed;  ///< plain bytes
  std::shared_ptr<const Kernel> packer;
};

/// A program as the executor runs it: steps in their order, and where each operand lies. Plain data.
///
/// Operands are numbered: the values of the Ir, after them packed copies and what is put aside.
struct Schedule {
  std::vector<Step> steps;
  std::vector<Location> locations;
  TensorSpecs specs;               ///< of the operands; of a packed copy that of its source
  std::vector<std::size_t> bytes;  ///< of the operands
  Tensors constants;
  Variables variables;
  std::vector<bool> written;  ///< for each variable, whether the program gives it another value
  PackedVariables packed_variables;
  std::vector<std::size_t> update_variables;
  std::vector<std::size_t> feed_bytes;
  std::vector<std::size_t> fetch_bytes;
  std::vector<Copy> set_aside;  ///< old values of variables, before any is written
  std::vector<Copy> fetch_copies;
  std::vector<Copy> update_copies;
  std::vector<std::size_t> argument_begin;  ///< of each step, among the arguments of all
  std::size_t num_arguments = 0;
  std::size_t arena_bytes = 0;  ///< of results and scratch memory
  std::size_t alive_bytes = 0;  ///< the most of them that is needed at one step: no arena can be smaller
  std::vector<ProloguePacking> prologue_packings;  ///< what the prologue is to do besides

  /// Chooses kernels and layouts, places results, and plans the memory of an optimised program. `packings` are what
  /// the program that it is the prologue of asks for; its own prologue is left with the updates that it reads.
  /// **Throws** Unsupported naming an operation without a kernel.
  static std::unique_ptr<Schedule> of(Ir& ir, const std::vector<ProloguePacking>& packings = {});

  /// 1 more than the sum of the versions of all variables that it reads and does not write. Versions only grow, so it
  /// tells whether any of them has changed.
  std::uint64_t source_stamp() const;

  /// One line a step, for dumps.
  std::string to_string() const;
};

}  // namespace cornu
