#include "framework/backends/onednn/vector/block_operand.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "framework/backends/onednn/vector/block_table.h"

namespace cornu::vector {
std::optional<BlockOperand> BlockOperand::make(const TensorSpec& spec, const Shape& result, const BlockTable& table) {
  BlockOperand operand;
  operand.load_ = conversion_of(table, spec.dtype).load;
  operand.repeat_ = table.repeat;
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
  if (full_) {
    if (float32_) return static_cast<const float*>(data) + begin;
    load_(element(data, begin), target, count);
    return target;
  }
  if (is_scalar()) {
    float value = 0;
    load_(data, &value, 1);
    repeat_(&value, 1, count, target);
    return target;
  }
  return period() > 0 ? read_rows(data, begin, count, target) : read_runs(data, begin, count, target);
}

float BlockOperand::read_run(const void* data, std::int64_t index) const {
  std::int64_t rest = index / run();
  std::int64_t offset = 0;
  for (auto i = static_cast<std::size_t>(num_dims_) - 1; i-- > 0;) {
    offset += rest % dims_[i].size * dims_[i].stride;
    rest /= dims_[i].size;
  }
  float value = 0;
  load_(element(data, offset), &value, 1);
  return value;
}

const float* BlockOperand::read_rows(const void* data, std::int64_t begin, int count, float* target) const {
  const std::int64_t start = begin % period();
  if (float32_ && period() - start >= count) return static_cast<const float*>(data) + start;
  const int once = static_cast<int>(std::min<std::int64_t>(period(), count));
  const int first = static_cast<int>(std::min<std::int64_t>(period() - start, once));
  load_(element(data, start), target, first);
  load_(data, target + first, once - first);
  // What is there is a whole number of rows, and twice as many each time.
  for (int done = once; done < count; done *= 2) {
    std::memcpy(target + done, target, static_cast<std::size_t>(std::min(done, count - done)) * sizeof(float));
  }
  return target;
}

// The innermost dimension in runs: stored together, or one element for all of the run.
const float* BlockOperand::read_runs(const void* data, std::int64_t begin, int count, float* target) const {
  const auto inner = static_cast<std::size_t>(num_dims_) - 1;
  const Dim& run = dims_[inner];
  std::int64_t start = begin % run.size;  // within the first run
  std::int64_t rest = begin / run.size;
  std::int64_t offset = 0;  // of the run's first element
  std::array<std::int64_t, kMaxDims> index{};
  for (std::size_t i = inner; i-- > 0;) {
    index[i] = rest % dims_[i].size;
    rest /= dims_[i].size;
    offset += index[i] * dims_[i].stride;
  }
  if (float32_ && run.stride == 1 && run.size - start >= count) return static_cast<const float*>(data) + offset + start;

  constexpr std::int64_t kMaxRuns = 64;
  float values[kMaxRuns];
  for (int done = 0; done < count;) {
    const std::int64_t left = count - done;
    std::int64_t num_runs = 1;
    int length = static_cast<int>(std::min(run.size - start, left));
    if (run.stride == 1) {
      load_(element(data, offset + start), target + done, length);
    } else {
      // Of whole runs several at once: the elements for them lie together.
      if (length == run.size)
        num_runs = std::min({left / run.size, dims_[inner - 1].size - index[inner - 1], kMaxRuns});
      load_(element(data, offset), values, static_cast<int>(num_runs));
      repeat_(values, static_cast<int>(num_runs), length, target + done);
    }
    done += static_cast<int>(num_runs) * length;
    start = 0;
    index[inner - 1] += num_runs;
    offset += num_runs * dims_[inner - 1].stride;
    for (std::size_t i = inner - 1; i > 0 && index[i] == dims_[i].size; --i) {
      index[i] = 0;
      offset += dims_[i - 1].stride - dims_[i].size * dims_[i].stride;
      ++index[i - 1];
    }
  }
  return target;
}

const std::byte* BlockOperand::element(const void* data, std::int64_t index) const {
  return static_cast<const std::byte*>(data) + static_cast<std::size_t>(index) * element_size_;
}

}  // namespace cornu::vector
