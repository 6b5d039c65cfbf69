#pragma once

#include "framework/variable.h"

namespace cornu {

/// Who stands in for variables while this thread writes a computation down instead of doing it: a Graph.
class Tracer {
 public:
  virtual ~Tracer() = default;
  virtual Tensor read(const Variable& variable) = 0;
  virtual void assign(const Variable& variable, const Tensor& value) = 0;

  /// The tracer of this thread, or null in eager execution.
  static Tracer* current();
  static void set_current(Tracer* tracer);
};

}  // namespace cornu
