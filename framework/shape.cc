#include "framework/shape.h"

#include <algorithm>

#include "framework/error.h"

namespace cornu {

Shape Shape::unknown_rank() {
  Shape shape;
  shape.has_rank_ = false;
  return shape;
}

void Shape::throw_unknown_rank() {
  throw ShapeError("the rank of a tensor is not known here; give its placeholder a shape, with None for unknown sizes");
}

bool Shape::is_known() const {
  return has_rank_ && std::none_of(dims_.begin(), dims_.end(), [](std::int64_t dim) { return dim == kUnknown; });
}

std::int64_t Shape::num_elements() const {
  if (!has_rank_) throw_unknown_rank();
  std::int64_t count = 1;
  for (std::int64_t dim : dims_) {
    if (dim < 0) throw ShapeError("Shape: the number of elements of " + to_string() + " is not known");
    if (__builtin_mul_overflow(count, dim, &count)) {
      throw ShapeError("Shape: " + to_string() + " has more elements than a 64-bit number can count");
    }
  }
  return count;
}

std::int64_t Shape::checked_axis(std::int64_t axis) const {
  const std::int64_t positive = axis < 0 ? axis + rank() : axis;
  if (positive < 0 || positive >= rank()) {
    throw ShapeError("axis " + std::to_string(axis) + " is out of bounds for shape " + to_string() + " of rank " +
                     std::to_string(rank()));
  }
  return positive;
}

Shape Shape::slice(std::int64_t first, std::int64_t last) const {
  const auto clamp = [this](std::int64_t i) { return std::clamp<std::int64_t>(i < 0 ? i + rank() : i, 0, rank()); };
  first = clamp(first);
  last = std::max(first, clamp(last));
  return Shape(std::vector<std::int64_t>(dims_.begin() + first, dims_.begin() + last));
}

Shape Shape::concatenated(const Shape& other) const {
  Shape result = *this;
  result.dims_.insert(result.dims_.end(), other.dims_.begin(), other.dims_.end());
  return result;
}

bool Shape::is_compatible_with(const Shape& other) const {
  if (!has_rank_ || !other.has_rank_) return true;
  return std::equal(dims_.begin(), dims_.end(), other.dims_.begin(), other.dims_.end(),
                    [](std::int64_t a, std::int64_t b) { return a == b || a == kUnknown || b == kUnknown; });
}

std::string Shape::to_string() const {
  if (!has_rank_) return "<unknown>";
  std::string text = "(";
  for (std::size_t i = 0; i < dims_.size(); ++i) {
    if (i > 0) text += ", ";
    text += dims_[i] == kUnknown ? "None" : std::to_string(dims_[i]);
  }
  return text + (dims_.size() == 1 ? ",)" : ")");
}

Shape broadcast_shapes(const Shape& a, const Shape& b) {
  const std::int64_t rank = std::max(a.rank(), b.rank());
  std::vector<std::int64_t> dims(static_cast<std::size_t>(rank));
  for (std::int64_t i = 1; i <= rank; ++i) {
    const std::int64_t x = i <= a.rank() ? a[-i] : 1;
    const std::int64_t y = i <= b.rank() ? b[-i] : 1;
    if (x != y && x != 1 && y != 1 && x != kUnknown && y != kUnknown) {
      throw ShapeError("shapes " + a.to_string() + " and " + b.to_string() + " do not broadcast: sizes " +
                       std::to_string(x) + " and " + std::to_string(y) + " of axis " + std::to_string(-i) +
                       " are neither equal nor 1");
    }
    // An unknown size that meets a known one other than 1 must be that size (or 1): the known one is the result.
    std::int64_t& dim = dims[static_cast<std::size_t>(rank - i)];
    if (x == 1) {
      dim = y;
    } else if (y == 1) {
      dim = x;
    } else {
      dim = x == kUnknown ? y : x;
    }
  }
  return Shape(std::move(dims));
}

std::vector<std::int64_t> row_major_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(static_cast<std::size_t>(shape.rank()), 1);
  for (std::int64_t i = shape.rank() - 2; i >= 0; --i) {
    strides[static_cast<std::size_t>(i)] = strides[static_cast<std::size_t>(i + 1)] * shape[i + 1];
  }
  return strides;
}

}  // namespace cornu
