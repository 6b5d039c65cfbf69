#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "framework/backends/cuda/cudnn.h"

namespace cornu::cuda {

/// A descriptor of cuDNN's graph API: attributes are set, then it is finalised, and then what it found out is read.
///
/// All functions **throw** Error with the call and what cuDNN says of it.
class CudnnDescriptor {
 public:
  /// `cudnn` must outlive it.
  CudnnDescriptor(const Cudnn& cudnn, cudnnBackendDescriptorType_t type);

  cudnnBackendDescriptor_t get() const { return descriptor_.get(); }

  void set(cudnnBackendAttributeName_t name, std::int64_t value) { set(name, CUDNN_TYPE_INT64, 1, &value); }
  void set(cudnnBackendAttributeName_t name, bool value) { set(name, CUDNN_TYPE_BOOLEAN, 1, &value); }
  void set(cudnnBackendAttributeName_t name, cudnnDataType_t value) { set(name, CUDNN_TYPE_DATA_TYPE, 1, &value); }
  void set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values);
  void set(cudnnBackendAttributeName_t name, const CudnnDescriptor& part);
  void set_parts(cudnnBackendAttributeName_t name, const std::vector<cudnnBackendDescriptor_t>& parts);
  void set_addresses(cudnnBackendAttributeName_t name, const std::vector<void*>& addresses);
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count, const void* values);

  void finalise();
  /// The same, but false where cuDNN does not support what was set.
  bool try_finalise();

  std::int64_t integer(cudnnBackendAttributeName_t name) const;
  CudnnDescriptor part(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type) const;
  std::vector<CudnnDescriptor> parts(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type) const;
  std::vector<cudnnBackendNumericalNote_t> numerical_notes(cudnnBackendAttributeName_t name) const;

 private:
  void get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t capacity,
           std::int64_t* count, void* values) const;

  const Cudnn* cudnn_;
  std::unique_ptr<void, decltype(&cudnnBackendDestroyDescriptor)> descriptor_;
};

}  // namespace cornu::cuda
