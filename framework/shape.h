#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace cornu {

/// Size of a dimension that is not known yet, such as the batch of an Input. Printed `None`.
inline constexpr std::int64_t kUnknown = -1;

/// Sizes of a tensor's dimensions, outermost first; a dimension may be `kUnknown`. A scalar has rank 0.
///
/// Even the number of dimensions may be unknown (`unknown_rank()`): of a placeholder that says nothing of its shape.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> dims) : dims_(dims) {}
  explicit Shape(std::vector<std::int64_t> dims) : dims_(std::move(dims)) {}

  /// A shape of which nothing is known.
  static Shape unknown_rank();
  bool has_rank() const { return has_rank_; }

  /// **Throws** ShapeError when the rank is unknown.
  std::int64_t rank() const {
    if (!has_rank_) throw_unknown_rank();
    return static_cast<std::int64_t>(dims_.size());
  }
  bool empty() const { return has_rank_ && dims_.empty(); }

  /// Size of a dimension; a negative axis counts from the back. **Throws** ShapeError outside the rank.
  std::int64_t operator[](std::int64_t axis) const { return dims_[static_cast<std::size_t>(checked_axis(axis))]; }
  std::int64_t& operator[](std::int64_t axis) { return dims_[static_cast<std::size_t>(checked_axis(axis))]; }
  std::int64_t front() const { return (*this)[0]; }
  std::int64_t back() const { return (*this)[-1]; }

  const std::vector<std::int64_t>& dims() const { return dims_; }
  auto begin() const { return dims_.begin(); }
  auto end() const { return dims_.end(); }
  void push_back(std::int64_t dim) { dims_.push_back(dim); }

  /// True when the rank and all dimensions are known.
  bool is_known() const;

  /// Number of elements, 1 for a scalar. **Throws** ShapeError when a dimension is unknown or the product overflows.
  std::int64_t num_elements() const;

  /// The axis as a non-negative number. **Throws** ShapeError outside [-rank, rank).
  std::int64_t checked_axis(std::int64_t axis) const;

  /// Dimensions [first, last); negative values count from the back.
  Shape slice(std::int64_t first, std::int64_t last) const;
  Shape slice(std::int64_t first) const { return slice(first, rank()); }

  /// The other shape's dimensions after these.
  Shape concatenated(const Shape& other) const;

  /// True when both could describe one tensor: ranks and dimensions are equal wherever both are known.
  bool is_compatible_with(const Shape& other) const;

  /// As Keras prints it: `(None, 28, 28, 1)`; `<unknown>` without a rank.
  std::string to_string() const;

  bool operator==(const Shape& other) const = default;

 private:
  [[noreturn]] static void throw_unknown_rank();

  std::vector<std::int64_t> dims_;
  bool has_rank_ = true;
};

using Shapes = std::vector<Shape>;

/// Shape of an elementwise result of operands of these shapes (NumPy's rules; unknown with 1 stays unknown).
/// **Throws** ShapeError naming both shapes when they do not broadcast.
Shape broadcast_shapes(const Shape& a, const Shape& b);

/// Row-major strides in elements of a known shape.
std::vector<std::int64_t> row_major_strides(const Shape& shape);

}  // namespace cornu
