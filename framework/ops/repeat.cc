#include "framework/ops/repeat.h"

#include <string>

#include "framework/error.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/take.h"

namespace cornu::ops {
namespace {

void refuse_negative(std::int64_t repeats, const char* who) {
  if (repeats < 0) {
    throw InvalidArgument(std::string(who) + ": expected repeats of at least 0; got " + std::to_string(repeats), {},
                          who);
  }
}

Tensor take_each(const Tensor& x, const std::vector<std::int64_t>& entries, std::int64_t axis) {
  const std::vector<std::int32_t> indices(entries.begin(), entries.end());
  return take(x, Tensor::copy(indices, {static_cast<std::int64_t>(indices.size())}), axis);
}

}  // namespace

Tensor tile(const Tensor& x, const std::vector<std::int64_t>& repeats) {
  const auto given = static_cast<std::int64_t>(repeats.size());
  std::vector<std::int64_t> leading;
  for (std::int64_t i = x.rank(); i < given; ++i) leading.push_back(i - x.rank());
  Tensor y = leading.empty() ? x.strong() : expand_dims(x, leading);
  for (std::int64_t i = 0; i < given; ++i) {
    const std::int64_t times = repeats[static_cast<std::size_t>(i)];
    refuse_negative(times, "tile");
    const std::int64_t axis = y.rank() - given + i;
    if (times == 1) continue;
    if (times == 0) {
      y = slice_axis(y, axis, 0, 0);
    } else if (y.shape()[axis] == kUnknown) {
      y = concatenate(Tensors(static_cast<std::size_t>(times), y), axis);
    } else {
      std::vector<std::int64_t> entries;
      for (std::int64_t k = 0; k < times * y.shape()[axis]; ++k) entries.push_back(k % y.shape()[axis]);
      y = take_each(y, entries, axis);
    }
  }
  return y;
}

Tensor repeat(const Tensor& x, std::int64_t repeats, std::int64_t axis) {
  refuse_negative(repeats, "repeat");
  const std::int64_t at = x.shape().checked_axis(axis);
  const std::int64_t size = x.shape()[at];
  if (size != kUnknown) return repeat(x, std::vector<std::int64_t>(static_cast<std::size_t>(size), repeats), at);
  // One open size can be left to reshape; the axis behind holds the copies meanwhile.
  Shape merged = x.shape();
  for (std::int64_t i = 0; i < merged.rank(); ++i) {
    if (i != at && merged[i] == kUnknown) {
      throw ShapeError("repeat: expected at most one unknown size; got shape " + x.shape().to_string(), {}, "repeat");
    }
  }
  return reshape(
      take_each(expand_dims(x, at + 1), std::vector<std::int64_t>(static_cast<std::size_t>(repeats), 0), at + 1),
      merged);
}

Tensor repeat(const Tensor& x, const std::vector<std::int64_t>& repeats, std::int64_t axis) {
  const std::int64_t size = x.shape()[axis];
  if (repeats.size() == 1 && size != 1) return repeat(x, repeats[0], axis);
  if (size != static_cast<std::int64_t>(repeats.size())) {
    throw ShapeError("repeat: expected one number for each entry of axis " + std::to_string(axis) + " of shape " +
                         x.shape().to_string() + "; got " + std::to_string(repeats.size()),
                     {}, "repeat");
  }
  std::vector<std::int64_t> entries;
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    refuse_negative(repeats[i], "repeat");
    entries.insert(entries.end(), static_cast<std::size_t>(repeats[i]), static_cast<std::int64_t>(i));
  }
  return take_each(x, entries, axis);
}

Tensor repeat(const Tensor& x, std::int64_t repeats) { return repeat(reshape(x, {kUnknown}), repeats, 0); }

Tensor roll(const Tensor& x, std::int64_t shift) { return reshape_like(roll(reshape(x, {kUnknown}), shift, 0), x); }

Tensor roll(const Tensor& x, std::int64_t shift, std::int64_t axis) {
  const std::int64_t size = x.shape()[axis];
  if (size == kUnknown) {
    throw ShapeError(
        "roll: expected a known size at axis " + std::to_string(axis) + "; got shape " + x.shape().to_string(), {},
        "roll");
  }
  if (size == 0 || shift % size == 0) return x.strong();
  const std::int64_t moved = (shift % size + size) % size;
  return concatenate({slice_axis(x, axis, size - moved, kOpen), slice_axis(x, axis, kOpen, size - moved)}, axis);
}

Tensor roll(const Tensor& x, const std::vector<std::int64_t>& shifts, const std::vector<std::int64_t>& axes) {
  if (shifts.size() != axes.size()) {
    throw InvalidArgument("roll: expected one shift for each axis; got " + std::to_string(shifts.size()) + " for " +
                              std::to_string(axes.size()),
                          {}, "roll");
  }
  Tensor y = x.strong();
  for (std::size_t i = 0; i < axes.size(); ++i) y = roll(y, shifts[i], axes[i]);
  return y;
}

}  // namespace cornu::ops
