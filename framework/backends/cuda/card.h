#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <typeindex>
#include <unordered_map>
#include <vector>

#include "framework/backends/cuda/device_memory.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/libraries.h"
#include "framework/queue.h"

namespace cornu::cuda {

/// An opened card: one stream for all that is computed, one for copies beside it.
class Card final : public Queue {
 public:
  /// Opens card `number` of the driver. **Throws** Error.
  Card(Libraries libraries, int number);
  ~Card() override;

  const std::string& device() const override { return name_; }
  Backend backend() const override { return Backend::kCuda; }
  std::unique_lock<std::recursive_mutex> lock() override;

  Storage allocate(std::size_t bytes, const std::string& purpose) override;
  Storage allocate_on_host(std::size_t bytes) override;
  void keep_until_done(Storage memory) override;
  void* workspace(std::size_t bytes, const std::string& purpose) override;
  void set_memory_limit(std::uint64_t bytes) override { memory_->set_limit(bytes); }
  std::uint64_t used_memory() const { return memory_->used(); }

  void prepare(std::span<const Kernel* const> kernels) override;
  void copy(void* to, const void* from, std::size_t bytes) override;
  void copy_beside(void* to, const void* from, std::size_t bytes) override;
  void join() override;
  void call(std::function<void()> function) override;
  void finish() override;
  std::unique_ptr<Recording> record(const std::function<void()>& work) override;

  /// Puts a generated kernel in; compiles it the first time.
  void launch(const Launch& launch, const KernelArguments& arguments);
  /// What a part of the backend keeps for this card: made at the first call, gone with the card.
  template <typename T> T& attached() {
    std::shared_ptr<void>& kept = attached_[typeid(T)];
    if (!kept) kept = std::make_shared<T>();
    return *static_cast<T*>(kept.get());
  }

  const Libraries& libraries() const { return libraries_; }
  ComputeCapability capability() const { return capability_; }
  CUstream stream() const { return stream_; }
  cublasLtHandle_t cublas_lt();
  /// Memory in which the products of cuBLASLt work, one after another.
  static constexpr std::size_t kLibraryWorkspaceBytes = std::size_t{32} << 20;  // what NVIDIA advises for Hopper
  void* library_workspace();
  /// Its work goes into `stream()`.
  cudnnHandle_t cudnn();

 private:
  class Graph;

  CUfunction function_of(const Launch& launch);
  CUfunction loaded(const Launch& launch, const std::vector<char>& code) const;
  void check(CUresult result, const char* call) const { libraries_.driver.check(result, call); }
  const Driver& driver() const { return libraries_.driver; }

  Libraries libraries_;
  std::string name_;
  ComputeCapability capability_{};
  CUcontext context_ = nullptr;
  CUstream stream_ = nullptr;
  CUstream beside_ = nullptr;
  CUevent beside_done_ = nullptr;
  bool is_copying_beside_ = false;
  std::shared_ptr<std::recursive_mutex> mutex_ = std::make_shared<std::recursive_mutex>();
  std::shared_ptr<DeviceMemory> memory_;
  Storage workspace_;
  std::size_t workspace_bytes_ = 0;
  std::unordered_map<std::string, CUfunction> functions_;  // by name and text
  Storage library_workspace_;
  cublasLtHandle_t cublas_lt_ = nullptr;
  cudnnHandle_t cudnn_ = nullptr;
  // What the queue still reads: until `finish`.
  std::vector<Storage> kept_;
  std::deque<std::function<void()>> calls_;
  // Where functions that are being recorded are kept; null outside of `record`.
  std::deque<std::function<void()>>* recorded_calls_ = nullptr;
  std::map<std::type_index, std::shared_ptr<void>> attached_;
};

}  // namespace cornu::cuda
