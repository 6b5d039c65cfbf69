#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "framework/executor/program.h"
#include "models/v1/graph_body.h"
#include "models/v1/session_values.h"

namespace cornu::v1 {

/// The branches of a cond give tensors of different shapes, which one Program cannot: which branch is taken has to be
/// known before.
struct UndecidedCond {
  const Conditional* conditional;
};

/// Conds that are decided before the run.
using Decisions = std::map<const Conditional*, bool>;

/// One run of a session, compiled: for these fetches, these fed tensors, and feeds of these shapes.
///
/// Only what the fetches need takes part, and nothing that a fed tensor would have been computed from. Operations run
/// in the order in which they were made, so that control dependencies hold; a standing read of a variable gives its
/// value from before the run. Variables are those of the session, and the result is one Program.
class RunPlan {
 public:
  /// **Throws** InvalidArgumentError for a placeholder that is needed and not fed, and for shapes that do not fit;
  /// UndecidedCond for a cond among those that are not decided.
  RunPlan(GraphBody& graph, SessionValues& values, const cornu::Tensors& fetches,
          const std::vector<const OperationRecord*>& targets, const cornu::Tensors& fed, const TensorSpecs& fed_specs,
          const Decisions& decisions);

  /// The fetched values for these feeds.
  /// **Throws** FailedPreconditionError naming a variable that is read and has no value.
  cornu::Tensors run(SessionValues& values, const cornu::Tensors& feeds) const;

 private:
  friend class Lowering;
  std::shared_ptr<Program> program_;  // null when everything fetched is a constant
  // Where each input of the program comes from: a feed, whether a variable is initialised, or a constant.
  struct Source {
    int feed = -1;
    const VariableRecord* initialized = nullptr;
    cornu::Tensor constant = {};
  };
  std::vector<Source> sources_;
  // For each fetch a result of the program, or -1 and the constant it is.
  std::vector<std::pair<int, cornu::Tensor>> results_;
  std::vector<const VariableRecord*> read_;
  std::vector<const VariableRecord*> assigned_;
};

}  // namespace cornu::v1
