#include "framework/backends/onednn/vector/block_operand.h"

#include <algorithm>
#include <vector>

#include "framework/backends/onednn/vector/block_table.h"

namespace cornu::vector {
std::optional<BlockOperand> BlockOperand::make(const TensorSpec& spec, const Shape& result, const BlockTable& table) {
  BlockOperand operand;
  operand.load_ = conversion_of(table, spec.dtype).load;
  operand.element_size_ = size_of(spec.dtype);
  operand.float32_ = spec.dtype == DType::kFloat32;
  operand.full_ = spec.shape.num_elements() == result.num_elements();

  const std::vector<std::int64_t> strides = row_major_strides(spec.shape);
  const std::int64_t added = result.rank() - spec.shape.rank();
  std::vector<Dim> dims;
  for (std::int64_t axis = 0; axis < result.rank(); ++axis) {
    const std::int64_t size = result[axis];
    if (size == 1) continue;
    const bool broadcast = axis < added || spec.shape[axis - added] == 1;
    const std::int64_t stride = broadcast ? 0 : strides[static_cast<std::size_t>(axis - added)];
    if (!dims.empty() && dims.back().stride == stride * size) {
      dims.back() = {dims.back().size * size, stride};
    } else {
      dims.push_back({size, stride});
    }
  }
  if (dims.size() == 1 && dims[0].stride == 0) dims.clear();
  if (dims.size() > kMaxDims) return std::nullopt;
  operand.num_dims_ = static_cast<int>(dims.size());
  std::copy(dims.begin(), dims.end(), operand.dims_.begin());
  return operand;
}

const float* BlockOperand::read(const void* data, std::int64_t begin, int count, float* target) const {
  if (full_ && float32_) return static_cast<const float*>(data) + begin;
  if (num_dims_ == 0) {
    read_run(data, 0, true, count, target);
    return target;
  }
  // Where `begin` lies: an index along each dimension, and the offset of the innermost run.
  std::array<std::int64_t, kMaxDims> index{};
  std::int64_t offset = 0;
  const int inner = num_dims_ - 1;
  for (int i = inner; i >= 0; --i) {
    const Dim& dim = dims_[static_cast<std::size_t>(i)];
    index[static_cast<std::size_t>(i)] = i > 0 ? begin % dim.size : begin;
    begin = i > 0 ? begin / dim.size : 0;
    if (i < inner) offset += index[static_cast<std::size_t>(i)] * dim.stride;
  }
  const Dim& run = dims_[static_cast<std::size_t>(inner)];
  std::int64_t start = index[static_cast<std::size_t>(inner)];
  if (float32_ && run.stride == 1 && run.size - start >= count) return static_cast<const float*>(data) + offset + start;

  for (int done = 0; done < count;) {
    const auto length = static_cast<int>(std::min<std::int64_t>(run.size - start, count - done));
    read_run(data, offset + start * run.stride, run.stride == 0, length, target + done);
    done += length;
    start = 0;
    for (int i = inner - 1; i >= 0; --i) {
      const Dim& dim = dims_[static_cast<std::size_t>(i)];
      std::int64_t& position = index[static_cast<std::size_t>(i)];
      offset += dim.stride;
      if (++position < dim.size || i == 0) break;
      offset -= dim.size * dim.stride;
      position = 0;
    }
  }
  return target;
}

void BlockOperand::read_run(const void* data, std::int64_t offset, bool repeated, std::int64_t count,
                            float* target) const {
  const void* source = static_cast<const std::byte*>(data) + static_cast<std::size_t>(offset) * element_size_;
  if (repeated) {
    float value = 0;
    load_(source, &value, 1);
    std::fill_n(target, count, value);
  } else {
    load_(source, target, static_cast<int>(count));
  }
}

}  // namespace cornu::vector
