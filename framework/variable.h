#pragma once

#include <functional>
#include <memory>
#include <string>

#include "framework/tensor.h"

namespace cornu {

class Queue;
struct VariableState;

/// A value that lives across steps: a weight, a statistic, an optimizer's slot.
///
/// A handle: copies are the same variable. Where a tensor is expected a Variable stands for its value; inside a traced
/// function for a symbol of it.
class Variable {
 public:
  struct Options {
    std::string name = "variable";
    bool trainable = true;
  };

  /// Holds nothing; `defined()` is false.
  Variable() = default;

  /// A variable with that first value (copied).
  explicit Variable(const Tensor& initial_value, const Options& options);
  explicit Variable(const Tensor& initial_value) : Variable(initial_value, Options{}) {}
  /// A variable that somebody will write before it is read: until then its memory is not touched.
  static Variable uninitialised(const TensorSpec& spec, const std::string& name);

  bool defined() const { return state_ != nullptr; }
  const Shape& shape() const;
  DType dtype() const;
  const std::string& name() const;
  /// Names of the layers that hold it and its own, as shown to people: `siamese/encoder/fc1/kernel`.
  const std::string& path() const;
  void set_path(std::string path) const;

  /// Whether training changes it; a layer's `trainable = false` counts as well (see Layer).
  bool trainable() const;
  void set_trainable(bool trainable) const;

  /// Its value: a snapshot in eager execution, a symbol in a graph that is being traced.
  Tensor value() const;
  operator Tensor() const { return value(); }

  /// The value in memory, even while tracing.
  Tensor snapshot() const;

  /// Gives it another value of the same shape, cast to its dtype. In a graph that is being traced the graph assigns it
  /// when it runs.
  /// **Throws** ShapeError for another shape.
  void assign(const Tensor& value) const;

  /// Memory for a Program to read or, if `writable`, to write: tensors read earlier keep what they hold.
  void* data(bool writable) const;
  /// The same in the memory of a device, for programs that run there; the caller holds the queue's lock. The value
  /// moves to where it is read or written next.
  void* data_on(const std::shared_ptr<Queue>& queue, bool writable) const;

  /// Grows with every assignment from outside of a Program; tells packed copies that they are stale.
  std::uint64_t version() const;
  /// To be called by whoever wrote through `data(true)`.
  void mark_written() const;

  const std::shared_ptr<VariableState>& state() const { return state_; }
  static Variable from_state(std::shared_ptr<VariableState> state);
  bool operator==(const Variable& other) const { return state_ == other.state_; }

 private:
  VariableState& checked_state() const;
  std::shared_ptr<VariableState> state_;
};

using Variables = std::vector<Variable>;

}  // namespace cornu
