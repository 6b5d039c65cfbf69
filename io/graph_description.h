#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "framework/dtype.h"
#include "framework/shape.h"
#include "framework/tensor.h"

namespace cornu::io {

/// Shape of a node's output: dimensions may be `kUnknown`; nothing where even the rank is unknown.
using GraphShape = std::optional<Shape>;

/// Types that nodes of TensorFlow's graphs may have and cornu's tensors cannot.
enum class ForeignDType { kString, kResource };

/// A constant of strings, such as the tag of a summary; row-major.
struct StringTensor {
  Shape shape;
  std::vector<std::string> values;
};

/// Value of a node's attribute, such as `T`, `shape`, `value`, `strides`, `_class` and `_output_shapes`.
///
/// A Tensor is written with all its elements: give small ones only, TensorBoard shows the first 1024 bytes.
using AttributeValue = std::variant<bool, std::int64_t, float, std::string, DType, ForeignDType, GraphShape, Tensor,
                                    StringTensor, std::vector<std::int64_t>, std::vector<float>,
                                    std::vector<std::string>, std::vector<DType>, std::vector<GraphShape>>;

/// A graph as TensorBoard's Graphs page draws it; what TensorFlow calls a GraphDef.
///
/// The slashes in the names make the boxes, the inputs the edges, and the attribute `_output_shapes` (a list with the
/// GraphShape of each output) the labels of the edges.
struct GraphDescription {
  struct Node {
    std::string name;
    std::string op;
    /// Of output 0 of a node `x`: "x"; of another: "x:1"; last the control inputs, "^x".
    std::vector<std::string> inputs = {};
    std::map<std::string, AttributeValue> attributes = {};
    std::string device = {};
  };
  std::vector<Node> nodes;
};

}  // namespace cornu::io
