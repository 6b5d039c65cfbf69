#include "framework/backends/onednn/strided_copy.h"

#include <algorithm>
#include <cstring>

#include "framework/backends/onednn/parallel.h"

namespace cornu::onednn {
namespace {

// Rows that a thread copies before it has to find out anew where the next one lies.
constexpr std::int64_t kRowsOfBlock = 256;

template <typename T> void copy_elements(const StridedCopy::Axis& row, const std::byte* source, std::byte* target) {
  const T* x = reinterpret_cast<const T*>(source);
  T* y = reinterpret_cast<T*>(target);
  for (std::int64_t i = 0; i < row.size; ++i) y[i * row.target_stride] = x[i * row.source_stride];
}

}  // namespace

StridedCopy::StridedCopy(const std::vector<Axis>& axes, std::size_t element_bytes)
    : element_bytes_(static_cast<std::int64_t>(element_bytes)) {
  for (const Axis& axis : axes) {
    if (axis.size == 1) continue;
    const auto continues = [&axis](const Axis& before) {
      return before.source_stride == axis.size * axis.source_stride &&
             before.target_stride == axis.size * axis.target_stride;
    };
    if (!outer_.empty() && continues(outer_.back())) {
      outer_.back() = {outer_.back().size * axis.size, axis.source_stride, axis.target_stride};
    } else {
      outer_.push_back(axis);
    }
  }
  if (!outer_.empty()) {
    row_ = outer_.back();
    outer_.pop_back();
  }
  for (const Axis& axis : outer_) num_rows_ *= axis.size;
}

void StridedCopy::copy_row(const std::byte* source, std::byte* target) const {
  if (row_.source_stride == 1 && row_.target_stride == 1) {
    std::memcpy(target, source, static_cast<std::size_t>(row_.size * element_bytes_));
    return;
  }
  switch (element_bytes_) {
    case 1: return copy_elements<std::uint8_t>(row_, source, target);
    case 2: return copy_elements<std::uint16_t>(row_, source, target);
    case 4: return copy_elements<std::uint32_t>(row_, source, target);
    default: return copy_elements<std::uint64_t>(row_, source, target);
  }
}

void StridedCopy::run(const std::byte* source, std::byte* target) const {
  if (num_rows_ * row_.size == 0) return;
  const std::int64_t num_blocks = (num_rows_ + kRowsOfBlock - 1) / kRowsOfBlock;
  parallel_for(num_blocks, num_rows_ * row_.size, [&](std::int64_t block) {
    const std::int64_t first = block * kRowsOfBlock;
    const std::int64_t last = std::min(first + kRowsOfBlock, num_rows_);
    // The last of the outer axes is walked along; the place of the others is computed where it starts over.
    const Axis inner = outer_.empty() ? Axis{1, 0, 0} : outer_.back();
    for (std::int64_t k = first; k < last;) {
      std::int64_t position = k / inner.size;
      const std::int64_t start = k % inner.size;
      std::int64_t from = start * inner.source_stride, to = start * inner.target_stride;
      for (std::size_t axis = outer_.size(); axis-- > 1;) {
        const Axis& other = outer_[axis - 1];
        from += position % other.size * other.source_stride;
        to += position % other.size * other.target_stride;
        position /= other.size;
      }
      const std::int64_t count = std::min(inner.size - start, last - k);
      for (std::int64_t i = 0; i < count; ++i) {
        copy_row(source + (from + i * inner.source_stride) * element_bytes_,
                 target + (to + i * inner.target_stride) * element_bytes_);
      }
      k += count;
    }
  });
}

}  // namespace cornu::onednn
