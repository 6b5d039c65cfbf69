#pragma once

#include <cudnn.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cornu::test {

/// A descriptor of the emulated cuDNN: what was set, and whether it was finalised.
struct EmulatedDescriptor {
  struct Attribute {
    cudnnBackendAttributeType_t type;
    std::int64_t count = 0;
    std::vector<std::byte> bytes;
    std::vector<std::shared_ptr<const EmulatedDescriptor>> parts;
  };

  cudnnBackendDescriptorType_t type;
  bool finalised = false;
  std::map<cudnnBackendAttributeName_t, Attribute> attributes;

  // What finalising found out.
  int engine = -1;
  std::vector<EmulatedDescriptor> results;  // of heuristics

  bool has(cudnnBackendAttributeName_t name) const { return attributes.contains(name); }
  const EmulatedDescriptor& part(cudnnBackendAttributeName_t name, std::size_t number = 0) const {
    return *attributes.at(name).parts.at(number);
  }
  template <typename T> std::vector<T> values(cudnnBackendAttributeName_t name) const {
    const Attribute& attribute = attributes.at(name);
    std::vector<T> result(static_cast<std::size_t>(attribute.count));
    if (!result.empty()) std::memcpy(result.data(), attribute.bytes.data(), attribute.bytes.size());
    return result;
  }
  template <typename T> T value(cudnnBackendAttributeName_t name) const { return values<T>(name).at(0); }
};

/// What is wrong about an attribute that is set, or about a descriptor that is to be finalised; empty where nothing is.
std::string fault_of(const EmulatedDescriptor& descriptor, cudnnBackendAttributeName_t name,
                     const EmulatedDescriptor::Attribute& attribute);
std::string fault_of(const EmulatedDescriptor& descriptor);

/// Bytes of a value of an attribute, of an element of a tensor.
std::size_t size_of(cudnnBackendAttributeType_t type);
std::int64_t size_of(cudnnDataType_t type);

/// The names under which the three operations of convolutions have their attributes.
struct ConvolutionNames {
  cudnnBackendAttributeName_t convolution, x, kernel, y, alpha, beta;
};
bool is_convolution(const EmulatedDescriptor& operation);
ConvolutionNames convolution_names(const EmulatedDescriptor& operation);

/// A tensor, as its descriptor says.
struct EmulatedTensor {
  explicit EmulatedTensor(const EmulatedDescriptor& descriptor);

  std::int64_t id;
  cudnnDataType_t type;
  std::int64_t alignment;
  bool is_virtual;
  std::vector<std::int64_t> sizes;
  std::vector<std::int64_t> strides;
};

/// Computes an operation graph on host memory: `addresses` by the ids of tensors. `rounds_to_tf32` for float32.
void run_operation_graph(const EmulatedDescriptor& graph, const std::map<std::int64_t, void*>& addresses,
                         bool rounds_to_tf32);

}  // namespace cornu::test
