#include "framework/backends/cuda/conv_graph.h"

#include <array>

namespace cornu::cuda {
namespace {

cudnnDataType_t data_type_of(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return CUDNN_DATA_DOUBLE;
    case DType::kFloat16: return CUDNN_DATA_HALF;
    case DType::kBFloat16: return CUDNN_DATA_BFLOAT16;
    default: return CUDNN_DATA_FLOAT;
  }
}

// Of (batch, channels, spatial...), with the channels last in memory.
std::vector<std::int64_t> strides_of(const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> strides(sizes.size());
  strides[1] = 1;
  std::int64_t next = sizes[1];
  for (std::size_t axis = sizes.size() - 1; axis >= 2; --axis) {
    strides[axis] = next;
    next *= sizes[axis];
  }
  strides[0] = next;
  return strides;
}

// The attributes of one kind of operation; the three have the same under other names.
struct ConvAttributes {
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t alpha, beta, convolution, x, kernel, y;
};
constexpr std::array<ConvAttributes, 3> kAttributes{{
    {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y},
    {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY},
    {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY},
}};

class ConvGraph {
 public:
  ConvGraph(const Cudnn& cudnn, const ConvProblem& problem)
      : cudnn_(cudnn),
        problem_(problem),
        compute_type_(problem.dtype == DType::kFloat64 ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT) {}

  std::vector<CudnnDescriptor> build(cudnnHandle_t handle) && {
    cudnnBackendDescriptor_t value = tensor(kConvY, problem_.y, problem_.adds_bias);
    add_convolution(value);
    if (problem_.adds_addend) {
      const cudnnBackendDescriptor_t addend = tensor(kConvAddend, problem_.y, false);
      value = add_pointwise(CUDNN_POINTWISE_ADD, value, addend, true);
    }
    if (problem_.adds_bias) {
      std::vector<std::int64_t> sizes(problem_.y.size(), 1);
      sizes[1] = problem_.y[1];
      const cudnnBackendDescriptor_t bias = tensor(kConvBias, sizes, false);
      value = add_pointwise(CUDNN_POINTWISE_ADD, value, bias, problem_.applies_relu);
    }
    if (problem_.applies_relu) add_pointwise(CUDNN_POINTWISE_RELU_FWD, value, nullptr, false);

    CudnnDescriptor graph(cudnn_, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
    graph.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, 1, &handle);
    graph.set_parts(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations_);
    if (!graph.try_finalise()) return {};
    parts_.push_back(std::move(graph));
    return std::move(parts_);
  }

 private:
  cudnnBackendDescriptor_t finalised(CudnnDescriptor descriptor) {
    descriptor.finalise();
    parts_.push_back(std::move(descriptor));
    return parts_.back().get();
  }

  // A virtual tensor is never written to memory, and keeps the digits of what is computed. The last one of a graph is
  // y, whatever operation gives it.
  cudnnBackendDescriptor_t tensor(std::int64_t id, const std::vector<std::int64_t>& sizes, bool is_virtual) {
    CudnnDescriptor tensor(cudnn_, CUDNN_BACKEND_TENSOR_DESCRIPTOR);
    tensor.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, is_virtual ? next_virtual_id_++ : id);
    tensor.set(CUDNN_ATTR_TENSOR_DATA_TYPE, is_virtual ? compute_type_ : data_type_of(problem_.dtype));
    tensor.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, problem_.alignment);
    tensor.set(CUDNN_ATTR_TENSOR_DIMENSIONS, sizes);
    tensor.set(CUDNN_ATTR_TENSOR_STRIDES, strides_of(sizes));
    if (is_virtual) tensor.set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, true);
    return finalised(std::move(tensor));
  }

  void add_convolution(cudnnBackendDescriptor_t y) {
    CudnnDescriptor convolution(cudnn_, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
    const cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
    convolution.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, compute_type_);
    convolution.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, 1, &mode);
    convolution.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, static_cast<std::int64_t>(problem_.strides.size()));
    convolution.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, problem_.strides);
    convolution.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, problem_.dilation);
    convolution.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, problem_.before);
    convolution.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, problem_.after);
    convolution.finalise();

    const ConvAttributes& names = kAttributes[static_cast<std::size_t>(problem_.kind)];
    CudnnDescriptor operation(cudnn_, names.type);
    const cudnnBackendDescriptor_t x = tensor(kConvX, problem_.x, false);
    const cudnnBackendDescriptor_t kernel = tensor(kConvKernel, problem_.kernel, false);
    operation.set(names.convolution, convolution);
    operation.set(names.x, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &x);
    operation.set(names.kernel, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &kernel);
    operation.set(names.y, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &y);
    set_scale(operation, names.alpha, 1);
    set_scale(operation, names.beta, 0);
    parts_.push_back(std::move(convolution));
    operations_.push_back(finalised(std::move(operation)));
  }

  void set_scale(CudnnDescriptor& operation, cudnnBackendAttributeName_t name, float value) const {
    const double wide = value;
    if (compute_type_ == CUDNN_DATA_DOUBLE) {
      operation.set(name, CUDNN_TYPE_DOUBLE, 1, &wide);
    } else {
      operation.set(name, CUDNN_TYPE_FLOAT, 1, &value);
    }
  }

  // `other` is the second operand, or null; the result is a virtual tensor or y.
  cudnnBackendDescriptor_t add_pointwise(cudnnPointwiseMode_t mode, cudnnBackendDescriptor_t value,
                                         cudnnBackendDescriptor_t other, bool is_virtual) {
    CudnnDescriptor function(cudnn_, CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
    const cudnnNanPropagation_t propagates_nan = CUDNN_PROPAGATE_NAN;
    function.set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, 1, &mode);
    function.set(CUDNN_ATTR_POINTWISE_MATH_PREC, compute_type_);
    function.set(CUDNN_ATTR_POINTWISE_NAN_PROPAGATION, CUDNN_TYPE_NAN_PROPOGATION, 1, &propagates_nan);
    function.finalise();

    const cudnnBackendDescriptor_t result = tensor(kConvY, problem_.y, is_virtual);
    CudnnDescriptor operation(cudnn_, CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
    operation.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, function);
    operation.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value);
    if (other) operation.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &other);
    operation.set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &result);
    parts_.push_back(std::move(function));
    operations_.push_back(finalised(std::move(operation)));
    return result;
  }

  const Cudnn& cudnn_;
  const ConvProblem& problem_;
  const cudnnDataType_t compute_type_;
  std::vector<CudnnDescriptor> parts_;
  std::vector<cudnnBackendDescriptor_t> operations_;
  std::int64_t next_virtual_id_ = 100;
};

}  // namespace

std::vector<CudnnDescriptor> conv_graph(const Cudnn& cudnn, cudnnHandle_t handle, const ConvProblem& problem) {
  return ConvGraph(cudnn, problem).build(handle);
}

}  // namespace cornu::cuda
