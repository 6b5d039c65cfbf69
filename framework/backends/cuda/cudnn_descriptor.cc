#include "framework/backends/cuda/cudnn_descriptor.h"

#include <array>

namespace cornu::cuda {

CudnnDescriptor::CudnnDescriptor(const Cudnn& cudnn, cudnnBackendDescriptorType_t type)
    : cudnn_(&cudnn), descriptor_(nullptr, cudnn.backend_destroy_descriptor) {
  cudnnBackendDescriptor_t created = nullptr;
  cudnn.check(cudnn.backend_create_descriptor(type, &created), "cudnnBackendCreateDescriptor");
  descriptor_.reset(created);
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values) {
  set(name, CUDNN_TYPE_INT64, static_cast<std::int64_t>(values.size()), values.data());
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, const CudnnDescriptor& part) {
  const cudnnBackendDescriptor_t descriptor = part.get();
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &descriptor);
}

void CudnnDescriptor::set_parts(cudnnBackendAttributeName_t name, const std::vector<cudnnBackendDescriptor_t>& parts) {
  set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<std::int64_t>(parts.size()), parts.data());
}

void CudnnDescriptor::set_addresses(cudnnBackendAttributeName_t name, const std::vector<void*>& addresses) {
  set(name, CUDNN_TYPE_VOID_PTR, static_cast<std::int64_t>(addresses.size()), addresses.data());
}

void CudnnDescriptor::set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
                          const void* values) {
  cudnn_->check(cudnn_->backend_set_attribute(get(), name, type, count, values), "cudnnBackendSetAttribute");
}

void CudnnDescriptor::finalise() { cudnn_->check(cudnn_->backend_finalize(get()), "cudnnBackendFinalize"); }

bool CudnnDescriptor::try_finalise() {
  const cudnnStatus_t status = cudnn_->backend_finalize(get());
  if (CUDNN_STATUS_CATEGORY(status) == CUDNN_STATUS_NOT_SUPPORTED) return false;
  cudnn_->check(status, "cudnnBackendFinalize");
  return true;
}

std::int64_t CudnnDescriptor::integer(cudnnBackendAttributeName_t name) const {
  std::int64_t value = 0;
  std::int64_t count = 0;
  get(name, CUDNN_TYPE_INT64, 1, &count, &value);
  return value;
}

CudnnDescriptor CudnnDescriptor::part(cudnnBackendAttributeName_t name, cudnnBackendDescriptorType_t type) const {
  CudnnDescriptor result(*cudnn_, type);
  cudnnBackendDescriptor_t descriptor = result.get();
  std::int64_t count = 0;
  get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &count, &descriptor);
  return result;
}

std::vector<CudnnDescriptor> CudnnDescriptor::parts(cudnnBackendAttributeName_t name,
                                                    cudnnBackendDescriptorType_t type) const {
  std::int64_t count = 0;
  get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, &count, nullptr);
  std::vector<CudnnDescriptor> results;
  std::vector<cudnnBackendDescriptor_t> descriptors;
  for (std::int64_t i = 0; i < count; ++i) {
    results.emplace_back(*cudnn_, type);
    descriptors.push_back(results.back().get());
  }
  if (count > 0) get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, count, &count, descriptors.data());
  results.erase(results.begin() + count, results.end());
  return results;
}

std::vector<cudnnBackendNumericalNote_t> CudnnDescriptor::numerical_notes(cudnnBackendAttributeName_t name) const {
  std::array<cudnnBackendNumericalNote_t, CUDNN_NUMERICAL_NOTE_TYPE_COUNT> notes{};
  std::int64_t count = 0;
  get(name, CUDNN_TYPE_NUMERICAL_NOTE, static_cast<std::int64_t>(notes.size()), &count, notes.data());
  return {notes.begin(), notes.begin() + count};
}

void CudnnDescriptor::get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t capacity,
                          std::int64_t* count, void* values) const {
  cudnn_->check(cudnn_->backend_get_attribute(get(), name, type, capacity, count, values), "cudnnBackendGetAttribute");
}

}  // namespace cornu::cuda
