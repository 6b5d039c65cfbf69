#pragma once

#include "io/graph_description.h"
#include "models/model.h"

namespace cornu {

/// A model as TensorBoard draws it: a node for each layer, named by the layers around it, and one for each variable.
///
/// A layer or variable is one node however often it is used; each use is an edge, with the shape that passes along it.
/// Layers that call others are boxes to open. **Throws** StateError where the shapes of the model's inputs are not
/// known yet.
io::GraphDescription graph_description_of(const ModelLayer& model);

}  // namespace cornu
