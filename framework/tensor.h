#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/dtype.h"
#include "framework/shape.h"

namespace cornu {

class Graph;
class Origin;
struct VariableState;

/// Shape and dtype of a tensor, without its values.
struct TensorSpec {
  Shape shape;
  DType dtype = DType::kFloat32;
  bool operator==(const TensorSpec&) const = default;
  /// `(None, 10) float32`
  std::string to_string() const;
};

/// What the elements of a tensor convert to: float, double, bool, and the integers of every width, std::size_t among
/// them.
template <typename T>
concept NumberType = std::integral<T> || std::same_as<T, float> || std::same_as<T, double>;

/// Memory of a tensor's elements, row-major and contiguous; shared by all tensors that hold it.
using Storage = std::shared_ptr<void>;

/// Uninitialised memory aligned to 64 bytes. **Throws** std::bad_alloc.
Storage allocate_storage(std::size_t bytes);

/// The same for what is kept for long, such as weights and the memory that programs work in: large blocks come from the
/// system in huge pages where it has them, and go back to it at once when they are freed.
Storage allocate_lasting_storage(std::size_t bytes);

/// An n-dimensional array: either a value in memory (eager) or a symbol that stands for one (in a graph).
///
/// A Tensor is a handle: copies share the elements. Values are row-major and contiguous. C++ numbers convert to scalar
/// tensors whose dtype adapts to the tensors they meet, so `x * 2.0` keeps the dtype of `x`.
///
/// ```cpp
/// std::vector<float> pixels = ...;
/// Tensor batch = Tensor::view<float>(pixels, {32, 28, 28, 1});   // no copy; `pixels` must outlive it
/// Tensor y = model(batch);
/// std::span<const float> scores = y.data<float>();               // no copy
/// ```
class Tensor {
 public:
  /// Holds nothing; `defined()` is false.
  Tensor() = default;

  Tensor(double value);
  Tensor(float value) : Tensor(static_cast<double>(value)) {}
  Tensor(std::int64_t value);
  Tensor(int value) : Tensor(static_cast<std::int64_t>(value)) {}
  Tensor(bool value);
  Tensor(const void*) = delete;

  /// Uninitialised values of a known shape.
  static Tensor empty(const Shape& shape, DType dtype = DType::kFloat32);

  /// A copy of `values` in row-major order. **Throws** ShapeError unless the shape has as many elements.
  template <typename T> static Tensor copy(std::span<const T> values, const Shape& shape) {
    return copy_bytes(values.data(), values.size(), {shape, dtype_for<T>()});
  }
  template <typename T> static Tensor copy(const std::vector<T>& values, const Shape& shape) {
    return copy<T>(std::span<const T>(values), shape);
  }
  template <typename T> static Tensor copy(std::initializer_list<T> values, const Shape& shape) {
    return copy<T>(std::span<const T>(values.begin(), values.size()), shape);
  }

  /// The caller's memory as a tensor, without a copy. The memory must outlive every tensor that shares it, unless
  /// `owner` keeps it alive. **Throws** ShapeError unless the shape has as many elements.
  template <typename T> static Tensor view(std::span<T> values, const Shape& shape, std::shared_ptr<void> owner = {}) {
    return view_bytes(const_cast<std::remove_const_t<T>*>(values.data()), values.size(),
                      {shape, dtype_for<std::remove_const_t<T>>()}, std::move(owner));
  }
  template <typename T> static Tensor view(std::vector<T>& values, const Shape& shape) {
    return view<T>(std::span<T>(values), shape);
  }

  /// Memory already laid out as `spec` says.
  static Tensor from_storage(Storage storage, TensorSpec spec);

  bool defined() const { return impl_ != nullptr; }
  explicit operator bool() const = delete;

  const Shape& shape() const;
  DType dtype() const;
  TensorSpec spec() const { return {shape(), dtype()}; }
  std::int64_t rank() const { return shape().rank(); }
  std::int64_t num_elements() const { return shape().num_elements(); }

  /// True for a tensor without values, made by Input or inside a graph that is being traced.
  bool is_symbolic() const;

  /// The elements in row-major order, without a copy. **Throws** StateError for a symbolic tensor, DTypeError for
  /// another element type.
  template <typename T> std::span<const T> data() const {
    return {static_cast<const T*>(checked_data(dtype_for<T>())), static_cast<std::size_t>(num_elements())};
  }
  template <typename T> std::span<T> mutable_data() {
    return {static_cast<T*>(checked_data(dtype_for<T>())), static_cast<std::size_t>(num_elements())};
  }

  /// The value of a tensor with one element, converted to double. **Throws** ShapeError for more elements.
  double item() const;

  /// All elements converted to T.
  template <NumberType T> std::vector<T> to_vector() const;

  /// A copy with memory of its own.
  Tensor clone() const;

  /// Text of the values, as NumPy prints small arrays; of the spec for a symbolic tensor.
  std::string to_string() const;

  // What follows serves the framework and the layers, rarely an application.

  void* raw() const;
  const Storage& storage() const;
  std::size_t num_bytes() const { return static_cast<std::size_t>(num_elements()) * size_of(dtype()); }

  /// True for a C++ number, whose dtype adapts.
  bool is_weak() const;
  /// Another handle to the same values that is not weak.
  Tensor strong() const;

  /// What made this tensor (null for plain values) and which of its outputs this is.
  const std::shared_ptr<const Origin>& origin() const;
  int output_index() const;
  /// The variable this was read from, if any.
  const std::shared_ptr<VariableState>& variable() const;
  /// The graph that is being traced and holds this symbol; null for values and for tensors made from Input.
  std::shared_ptr<Graph> graph() const;

  /// A symbol made by an origin. `graph` is null for tensors of a functional model.
  static Tensor symbol(TensorSpec spec, std::shared_ptr<const Origin> origin, int output_index,
                       const std::shared_ptr<Graph>& graph);
  /// These values (or this symbol) marked as an output of `origin`.
  Tensor with_origin(std::shared_ptr<const Origin> origin, int output_index) const;
  Tensor with_variable(std::shared_ptr<VariableState> variable) const;

  /// Keras' mask travels with a tensor from layer to layer: bool, shape `(batch, timesteps)`, false where padded.
  Tensor mask() const;
  Tensor with_mask(const Tensor& mask) const;

  /// Names a symbol, for messages and for inputs and outputs of models.
  const std::string& name() const;
  Tensor with_name(std::string name) const;

  /// True when both are the same value or symbol: one output of one origin, or one handle's copies.
  bool same(const Tensor& other) const { return key() == other.key(); }

  /// True when no other handle shares these values or their memory, so that the memory can be written anew.
  bool is_only_holder() const { return impl_.use_count() == 1 && storage().use_count() == 1; }

  /// Identity for maps: see `same`.
  struct Key {
    const void* object = nullptr;
    int index = 0;
    auto operator<=>(const Key&) const = default;
  };
  Key key() const;

 private:
  struct Impl;
  explicit Tensor(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  static Tensor copy_bytes(const void* values, std::size_t count, TensorSpec spec);
  static Tensor view_bytes(void* values, std::size_t count, TensorSpec spec, std::shared_ptr<void> owner);
  void* checked_data(DType dtype) const;
  const Impl& impl() const;
  std::shared_ptr<Impl> copy_impl() const;

  std::shared_ptr<Impl> impl_;
};

using Tensors = std::vector<Tensor>;
using TensorSpecs = std::vector<TensorSpec>;

}  // namespace cornu
