#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu::v1 {

class Graph;
class Operation;

/// A tensor of a graph: an output of an operation, known as "scope/name:0". Converts from numbers and from values,
/// which become constants where they meet tensors of a graph, and is a cornu::Tensor for layers and `cornu::ops`.
///
/// A handle that keeps its graph alive. **See**: `tf.compat.v1.Tensor`.
class Tensor : public cornu::Tensor {
 public:
  Tensor() = default;
  Tensor(cornu::Tensor tensor);
  Tensor(double value) : Tensor(cornu::Tensor(value)) {}
  Tensor(float value) : Tensor(cornu::Tensor(value)) {}
  Tensor(int value) : Tensor(cornu::Tensor(value)) {}
  Tensor(std::int64_t value) : Tensor(cornu::Tensor(value)) {}
  Tensor(bool value) : Tensor(cornu::Tensor(value)) {}
  Tensor(std::initializer_list<float> values);
  Tensor(std::initializer_list<std::initializer_list<float>> rows);

  /// "fc1/BiasAdd:0". **Throws** ValueError for a value.
  std::string name() const;
  /// The operation that makes it.
  Operation op() const;
  Graph graph() const;

  /// Its value in the default session. **Throws** ValueError without one, or with one of another graph.
  cornu::Tensor eval(const std::vector<std::pair<Tensor, cornu::Tensor>>& feeds = {}) const;

 private:
  std::shared_ptr<cornu::Graph> keeps_;
};

using Tensors = std::vector<Tensor>;

}  // namespace cornu::v1
