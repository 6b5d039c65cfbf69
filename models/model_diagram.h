#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/model.h"

namespace cornu {

/// A model as boxes with arrows: what `plot_model` draws and TensorBoard's graph shows.
///
/// A layer is one box however often it is called, with an arrow for each use. Inputs are boxes; so are the operations
/// in a `call()` between its layers.
struct ModelDiagram {
  struct Box {
    std::string path;        ///< names of the boxes around it and its own, without the model: "tower/fc1"; unique
    std::string name;        ///< its last part
    std::string class_name;  ///< of the layer or operation; "InputLayer"
    LayerPtr layer;          ///< null for an input and for an operation
    int around = -1;         ///< the opened box that it is in, as an index, or -1
    bool is_open = false;    ///< shows what is inside; arrows lead to and from that
    int num_calls = 0;
    TensorSpecs inputs;  ///< of the first call
    TensorSpecs outputs;
  };

  /// From an output of one box to an input of another (or the same).
  struct Arrow {
    int from = 0;
    int to = 0;
    int output = 0;     ///< which output of `from`
    int from_call = 0;  ///< which call of `from`, from 0
    int to_call = 0;
    TensorSpec spec;
  };

  /// A variable and the boxes of the calls that read it.
  struct VariableReads {
    Variable variable;
    std::vector<int> boxes;
  };

  std::vector<Box> boxes;  ///< in the order in which a call meets them; those around others before them
  std::vector<Arrow> arrows;
  std::vector<VariableReads> variables;
};

/// The diagram of a model that was built, of any kind: the model is called on symbols. `opens` says of which layers to
/// show the inside. **Throws** StateError where the shapes of the inputs are not known yet.
ModelDiagram diagram_of(const ModelLayer& model, const std::function<bool(const Layer&)>& opens);

}  // namespace cornu
