#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/tensor.h"

namespace cornu {

/// The arrays of an object and of the objects in it, by the paths under which Keras' weights files keep them.
///
/// Each entry is one group that owns a `vars` group: at path `layers/dense` the arrays `layers/dense/vars/0`, `.../1`.
/// This is what layers hand to `io` and get back; it knows neither layers nor files.
struct StateTree {
  struct Group {
    std::string path;  ///< without leading or trailing slash; empty for the root object
    std::string name;  ///< the object's own name, for information
    Tensors arrays;    ///< values, in the order of the file
  };
  std::vector<Group> groups;
};

}  // namespace cornu
