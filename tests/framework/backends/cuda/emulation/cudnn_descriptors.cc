#include "tests/framework/backends/cuda/emulation/cudnn_descriptors.h"

#include <algorithm>
#include <set>

namespace cornu::test {
namespace {

struct Rule {
  cudnnBackendAttributeName_t name;
  cudnnBackendAttributeType_t type;
  bool is_required = true;
};

std::vector<Rule> convolution_rules(const ConvolutionNames& names) {
  return {{names.convolution, CUDNN_TYPE_BACKEND_DESCRIPTOR},
          {names.x, CUDNN_TYPE_BACKEND_DESCRIPTOR},
          {names.kernel, CUDNN_TYPE_BACKEND_DESCRIPTOR},
          {names.y, CUDNN_TYPE_BACKEND_DESCRIPTOR},
          {names.alpha, CUDNN_TYPE_FLOAT},
          {names.beta, CUDNN_TYPE_FLOAT}};
}

std::vector<Rule> rules_of(const EmulatedDescriptor& descriptor) {
  if (is_convolution(descriptor)) return convolution_rules(convolution_names(descriptor));
  switch (descriptor.type) {
    case CUDNN_BACKEND_TENSOR_DESCRIPTOR:
      return {{CUDNN_ATTR_TENSOR_UNIQUE_ID, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE},
              {CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_TENSOR_IS_VIRTUAL, CUDNN_TYPE_BOOLEAN, false}};
    case CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR:
      return {{CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE},
              {CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE},
              {CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64}};
    case CUDNN_BACKEND_POINTWISE_DESCRIPTOR:
      return {{CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE},
              {CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE},
              {CUDNN_ATTR_POINTWISE_NAN_PROPAGATION, CUDNN_TYPE_NAN_PROPOGATION, false}};
    case CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR:
      return {{CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, CUDNN_TYPE_BACKEND_DESCRIPTOR},
              {CUDNN_ATTR_OPERATION_POINTWISE_XDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR},
              {CUDNN_ATTR_OPERATION_POINTWISE_BDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR, false},
              {CUDNN_ATTR_OPERATION_POINTWISE_YDESC, CUDNN_TYPE_BACKEND_DESCRIPTOR}};
    case CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR:
      return {{CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE},
              {CUDNN_ATTR_OPERATIONGRAPH_OPS, CUDNN_TYPE_BACKEND_DESCRIPTOR}};
    case CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR:
      return {{CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, CUDNN_TYPE_BACKEND_DESCRIPTOR},
              {CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE}};
    case CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR:
      return {{CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE},
              {CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, CUDNN_TYPE_BACKEND_DESCRIPTOR}};
    case CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR:
      return {{CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64},
              {CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR},
              {CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR}};
    default: return {};
  }
}

std::string fault_of_tensor(const EmulatedTensor& tensor) {
  if (tensor.sizes.size() < 4 || tensor.sizes.size() > 5) return "a tensor has 4 or 5 axes";
  if (tensor.sizes.size() != tensor.strides.size()) return "a tensor has as many strides as axes";
  if (std::any_of(tensor.sizes.begin(), tensor.sizes.end(), [](std::int64_t size) { return size < 1; })) {
    return "a tensor is not empty";
  }
  if (tensor.alignment <= 0 || tensor.alignment % size_of(tensor.type) != 0) {
    return "a tensor is aligned to whole elements";
  }
  return "";
}

std::string fault_of_convolution(const EmulatedDescriptor& operation) {
  const ConvolutionNames names = convolution_names(operation);
  const EmulatedTensor x(operation.part(names.x));
  const EmulatedTensor kernel(operation.part(names.kernel));
  const EmulatedTensor y(operation.part(names.y));
  const EmulatedDescriptor& convolution = operation.part(names.convolution);
  const auto compute_type = convolution.value<cudnnDataType_t>(CUDNN_ATTR_CONVOLUTION_COMP_TYPE);
  const bool is_wide = x.type == CUDNN_DATA_DOUBLE;
  if (x.is_virtual || kernel.is_virtual || x.type != kernel.type) return "x and kernel are of one type";
  if (compute_type != (is_wide ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT)) return "of float types sums are in float32";
  if (y.type != (y.is_virtual ? compute_type : x.type)) return "y is of the type of x";
  if (operation.attributes.at(names.alpha).type != (is_wide ? CUDNN_TYPE_DOUBLE : CUDNN_TYPE_FLOAT)) {
    return "alpha is of the type that is computed in";
  }
  const std::size_t rank = x.sizes.size() - 2;
  const auto strides = convolution.values<std::int64_t>(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES);
  const auto dilation = convolution.values<std::int64_t>(CUDNN_ATTR_CONVOLUTION_DILATIONS);
  const auto before = convolution.values<std::int64_t>(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS);
  const auto after = convolution.values<std::int64_t>(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS);
  if (convolution.value<std::int64_t>(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS) != static_cast<std::int64_t>(rank) ||
      kernel.sizes.size() != rank + 2 || y.sizes.size() != rank + 2 || strides.size() != rank ||
      dilation.size() != rank || before.size() != rank || after.size() != rank) {
    return "all have as many spatial axes";
  }
  if (x.sizes[0] != y.sizes[0] || kernel.sizes[0] != y.sizes[1] || x.sizes[1] % kernel.sizes[1] != 0 ||
      y.sizes[1] % (x.sizes[1] / kernel.sizes[1]) != 0) {
    return "batch, channels and filters fit";
  }
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t reach = dilation[i] * (kernel.sizes[i + 2] - 1) + 1;
    if (y.sizes[i + 2] != (x.sizes[i + 2] + before[i] + after[i] - reach) / strides[i] + 1) return "y has the size";
  }
  return "";
}

std::string fault_of_graph(const EmulatedDescriptor& graph) {
  std::set<std::int64_t> made;
  for (const auto& operation : graph.attributes.at(CUDNN_ATTR_OPERATIONGRAPH_OPS).parts) {
    const bool is_conv = is_convolution(*operation);
    for (const auto& [name, attribute] : operation->attributes) {
      const bool is_result =
          is_conv ? name == convolution_names(*operation).y : name == CUDNN_ATTR_OPERATION_POINTWISE_YDESC;
      if (attribute.parts.empty() || attribute.parts[0]->type != CUDNN_BACKEND_TENSOR_DESCRIPTOR) continue;
      const EmulatedTensor tensor(*attribute.parts[0]);
      if (is_result) {
        if (!made.insert(tensor.id).second) return "every tensor is made once";
      } else if (tensor.is_virtual && !made.contains(tensor.id)) {
        return "virtual tensors are made in the graph";
      }
    }
  }
  return "";
}

}  // namespace

std::size_t size_of(cudnnBackendAttributeType_t type) {
  switch (type) {
    case CUDNN_TYPE_BOOLEAN: return sizeof(bool);
    case CUDNN_TYPE_INT64:
    case CUDNN_TYPE_DOUBLE:
    case CUDNN_TYPE_HANDLE:
    case CUDNN_TYPE_VOID_PTR:
    case CUDNN_TYPE_BACKEND_DESCRIPTOR: return 8;
    default: return 4;  // enumerations and float
  }
}

std::int64_t size_of(cudnnDataType_t type) {
  switch (type) {
    case CUDNN_DATA_DOUBLE: return 8;
    case CUDNN_DATA_HALF:
    case CUDNN_DATA_BFLOAT16: return 2;
    default: return 4;
  }
}

bool is_convolution(const EmulatedDescriptor& operation) {
  return operation.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR ||
         operation.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR ||
         operation.type == CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR;
}

ConvolutionNames convolution_names(const EmulatedDescriptor& operation) {
  switch (operation.type) {
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR:
      return {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,         CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
    case CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR:
      return {CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,        CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,     CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};
    default:
      return {CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,         CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,     CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
  }
}

EmulatedTensor::EmulatedTensor(const EmulatedDescriptor& descriptor)
    : id(descriptor.value<std::int64_t>(CUDNN_ATTR_TENSOR_UNIQUE_ID)),
      type(descriptor.value<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE)),
      alignment(descriptor.value<std::int64_t>(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT)),
      is_virtual(descriptor.has(CUDNN_ATTR_TENSOR_IS_VIRTUAL) &&
                 descriptor.attributes.at(CUDNN_ATTR_TENSOR_IS_VIRTUAL).bytes.at(0) != std::byte{0}),
      sizes(descriptor.values<std::int64_t>(CUDNN_ATTR_TENSOR_DIMENSIONS)),
      strides(descriptor.values<std::int64_t>(CUDNN_ATTR_TENSOR_STRIDES)) {}

std::string fault_of(const EmulatedDescriptor& descriptor, cudnnBackendAttributeName_t name,
                     const EmulatedDescriptor::Attribute& attribute) {
  if (descriptor.finalised) return "what is finalised is not changed";
  for (const Rule& rule : rules_of(descriptor)) {
    if (rule.name != name) continue;
    const bool is_double = rule.type == CUDNN_TYPE_FLOAT && attribute.type == CUDNN_TYPE_DOUBLE;
    if (rule.type != attribute.type && !is_double) return "the attribute is of another type";
    for (const auto& part : attribute.parts) {
      if (!part->finalised) return "parts are finalised before";
    }
    return "";
  }
  return "the descriptor has that attribute";
}

std::string fault_of(const EmulatedDescriptor& descriptor) {
  for (const Rule& rule : rules_of(descriptor)) {
    if (rule.is_required && !descriptor.has(rule.name)) {
      return "attribute " + std::to_string(rule.name) + " is set";
    }
  }
  if (is_convolution(descriptor)) return fault_of_convolution(descriptor);
  switch (descriptor.type) {
    case CUDNN_BACKEND_TENSOR_DESCRIPTOR: return fault_of_tensor(EmulatedTensor(descriptor));
    case CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR: return fault_of_graph(descriptor);
    case CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR:
      return descriptor.attributes.at(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS).count ==
                     descriptor.attributes.at(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS).count
                 ? ""
                 : "every tensor has one address";
    default: return "";
  }
}

}  // namespace cornu::test
