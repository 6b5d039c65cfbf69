// What the emulated cuDNN computes, in plain loops.

#include <array>
#include <bit>
#include <cmath>

#include "framework/dtype.h"
#include "tests/framework/backends/cuda/emulation/cudnn_descriptors.h"

namespace cornu::test {
namespace {

using Triple = std::array<std::int64_t, 3>;

// Elements in the order of the axes, whatever the order in memory.
using Values = std::vector<double>;

double load(const void* memory, std::int64_t index, cudnnDataType_t type) {
  switch (type) {
    case CUDNN_DATA_DOUBLE: return static_cast<const double*>(memory)[index];
    case CUDNN_DATA_HALF: return static_cast<double>(static_cast<float>(static_cast<const Half*>(memory)[index]));
    case CUDNN_DATA_BFLOAT16:
      return static_cast<double>(static_cast<float>(static_cast<const BFloat16*>(memory)[index]));
    default: return static_cast<double>(static_cast<const float*>(memory)[index]);
  }
}

void store(void* memory, std::int64_t index, cudnnDataType_t type, double value) {
  const auto rounded = static_cast<float>(value);
  switch (type) {
    case CUDNN_DATA_DOUBLE: static_cast<double*>(memory)[index] = value; break;
    case CUDNN_DATA_HALF: static_cast<Half*>(memory)[index] = Half(rounded); break;
    case CUDNN_DATA_BFLOAT16: static_cast<BFloat16*>(memory)[index] = BFloat16(rounded); break;
    default: static_cast<float*>(memory)[index] = rounded; break;
  }
}

std::int64_t count_of(const std::vector<std::int64_t>& sizes) {
  std::int64_t count = 1;
  for (const std::int64_t size : sizes) count *= size;
  return count;
}

// Calls visit(number of an element, where it lies) for all of a tensor.
template <typename Visit> void for_each_element(const EmulatedTensor& tensor, Visit&& visit) {
  const std::int64_t count = count_of(tensor.sizes);
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t rest = i;
    std::int64_t place = 0;
    for (std::size_t axis = tensor.sizes.size(); axis-- > 0;) {
      place += rest % tensor.sizes[axis] * tensor.strides[axis];
      rest /= tensor.sizes[axis];
    }
    visit(static_cast<std::size_t>(i), place);
  }
}

double rounded_to_tf32(double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  return static_cast<double>(std::bit_cast<float>((bits + 0x1000u) & ~0x1fffu));
}

class OperationGraph {
 public:
  OperationGraph(const std::map<std::int64_t, void*>& addresses, bool rounds_to_tf32)
      : addresses_(addresses), rounds_to_tf32_(rounds_to_tf32) {}

  void run(const EmulatedDescriptor& operation) {
    if (is_convolution(operation)) {
      convolve(operation);
    } else {
      apply(operation);
    }
  }

 private:
  Values read(const EmulatedTensor& tensor) const {
    if (tensor.is_virtual) return virtual_.at(tensor.id);
    Values values(static_cast<std::size_t>(count_of(tensor.sizes)));
    const void* memory = addresses_.at(tensor.id);
    for_each_element(tensor, [&](std::size_t i, std::int64_t place) { values[i] = load(memory, place, tensor.type); });
    return values;
  }

  Values read_factor(const EmulatedTensor& tensor) const {
    Values values = read(tensor);
    if (rounds_to_tf32_ && tensor.type == CUDNN_DATA_FLOAT) {
      for (double& value : values) value = rounded_to_tf32(value);
    }
    return values;
  }

  void write(const EmulatedTensor& tensor, Values values) {
    if (tensor.is_virtual) {
      virtual_[tensor.id] = std::move(values);
      return;
    }
    void* memory = addresses_.at(tensor.id);
    for_each_element(tensor, [&](std::size_t i, std::int64_t place) { store(memory, place, tensor.type, values[i]); });
  }

  static Triple triple(const std::vector<std::int64_t>& given, std::size_t first, std::int64_t filler) {
    Triple result{filler, filler, filler};
    const std::size_t rank = given.size() - first;
    for (std::size_t i = 0; i < rank; ++i) result[3 - rank + i] = given[first + i];
    return result;
  }

  void convolve(const EmulatedDescriptor& operation) {
    const ConvolutionNames names = convolution_names(operation);
    const EmulatedTensor x(operation.part(names.x));
    const EmulatedTensor kernel(operation.part(names.kernel));
    const EmulatedTensor y(operation.part(names.y));
    const auto product = [&](const EmulatedTensor& a, const EmulatedTensor& b, const EmulatedTensor& result,
                             auto&& places) {
      const Values first = read_factor(a);
      const Values second = read_factor(b);
      Values sums(static_cast<std::size_t>(count_of(result.sizes)));
      for_each_product(operation.part(names.convolution), x, kernel, y,
                       [&](std::size_t in_x, std::size_t in_kernel, std::size_t in_y) {
                         const auto [i, j, k] = places(in_x, in_kernel, in_y);
                         sums[k] += first[i] * second[j];
                       });
      write(result, std::move(sums));
    };
    using Places = std::array<std::size_t, 3>;
    switch (operation.type) {
      case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR:
        product(y, kernel, x, [](std::size_t i, std::size_t j, std::size_t k) { return Places{k, j, i}; });
        break;
      case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR:
        product(x, y, kernel, [](std::size_t i, std::size_t j, std::size_t k) { return Places{i, k, j}; });
        break;
      default: product(x, kernel, y, [](std::size_t i, std::size_t j, std::size_t k) { return Places{i, j, k}; });
    }
  }

  template <typename Multiply>
  static void for_each_product(const EmulatedDescriptor& convolution, const EmulatedTensor& x,
                               const EmulatedTensor& kernel, const EmulatedTensor& y, Multiply&& multiply) {
    const Triple strides = triple(convolution.values<std::int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES), 0, 1);
    const Triple dilation = triple(convolution.values<std::int64_t>(CUDNN_ATTR_CONVOLUTION_DILATIONS), 0, 1);
    const Triple before = triple(convolution.values<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS), 0, 0);
    const Triple in = triple(x.sizes, 2, 1);
    const Triple window = triple(kernel.sizes, 2, 1);
    const Triple out = triple(y.sizes, 2, 1);
    const std::int64_t channels = kernel.sizes[1];
    const std::int64_t filters_in_group = kernel.sizes[0] / (x.sizes[1] / channels);
    for_each(out, [&](const Triple& o, std::int64_t to) {
      for_each(window, [&](const Triple& w, std::int64_t tap) {
        std::int64_t from = 0;
        for (std::size_t axis = 0; axis < 3; ++axis) {
          const std::int64_t at = o[axis] * strides[axis] + w[axis] * dilation[axis] - before[axis];
          if (at < 0 || at >= in[axis]) return;
          from = from * in[axis] + at;
        }
        for (std::int64_t n = 0; n < x.sizes[0]; ++n) {
          for (std::int64_t f = 0; f < kernel.sizes[0]; ++f) {
            for (std::int64_t c = 0; c < channels; ++c) {
              const std::int64_t channel = f / filters_in_group * channels + c;
              multiply(static_cast<std::size_t>((n * x.sizes[1] + channel) * count(in) + from),
                       static_cast<std::size_t>((f * channels + c) * count(window) + tap),
                       static_cast<std::size_t>((n * y.sizes[1] + f) * count(out) + to));
            }
          }
        }
      });
    });
  }

  static std::int64_t count(const Triple& sizes) { return sizes[0] * sizes[1] * sizes[2]; }

  template <typename Visit> static void for_each(const Triple& sizes, Visit&& visit) {
    std::int64_t number = 0;
    Triple at;
    for (at[0] = 0; at[0] < sizes[0]; ++at[0]) {
      for (at[1] = 0; at[1] < sizes[1]; ++at[1]) {
        for (at[2] = 0; at[2] < sizes[2]; ++at[2]) visit(at, number++);
      }
    }
  }

  // The second operand has the channels of the first, or all of its elements.
  void apply(const EmulatedDescriptor& operation) {
    const EmulatedTensor x(operation.part(CUDNN_ATTR_OPERATION_POINTWISE_XDESC));
    const EmulatedDescriptor& function = operation.part(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR);
    Values values = read(x);
    if (function.value<cudnnPointwiseMode_t>(CUDNN_ATTR_POINTWISE_MODE) == CUDNN_POINTWISE_ADD) {
      const EmulatedTensor other(operation.part(CUDNN_ATTR_OPERATION_POINTWISE_BDESC));
      const Values added = read(other);
      const std::size_t inner = values.size() / static_cast<std::size_t>(x.sizes[0] * x.sizes[1]);
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] += other.sizes == x.sizes ? added[i] : added[i / inner % added.size()];
      }
    } else {
      const bool keeps_nan =
          function.has(CUDNN_ATTR_POINTWISE_NAN_PROPAGATION) &&
          function.value<cudnnNanPropagation_t>(CUDNN_ATTR_POINTWISE_NAN_PROPAGATION) == CUDNN_PROPAGATE_NAN;
      for (double& value : values) value = value > 0 || (keeps_nan && std::isnan(value)) ? value : 0;
    }
    write(EmulatedTensor(operation.part(CUDNN_ATTR_OPERATION_POINTWISE_YDESC)), std::move(values));
  }

  const std::map<std::int64_t, void*>& addresses_;
  const bool rounds_to_tf32_;
  std::map<std::int64_t, Values> virtual_;
};

}  // namespace

void run_operation_graph(const EmulatedDescriptor& graph, const std::map<std::int64_t, void*>& addresses,
                         bool rounds_to_tf32) {
  OperationGraph running(addresses, rounds_to_tf32);
  for (const auto& operation : graph.attributes.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).parts) running.run(*operation);
}

}  // namespace cornu::test
