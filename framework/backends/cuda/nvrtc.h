#pragma once

#include <nvrtc.h>

#include <string>
#include <vector>

#include "framework/backends/cuda/or_reason.h"
#include "framework/backends/cuda/shared_library.h"

namespace cornu::cuda {

/// What a card can do, as NVIDIA counts it: 9.0 is Hopper.
struct ComputeCapability {
  int major;
  int minor;
  bool operator==(const ComputeCapability&) const = default;
  /// "9.0"
  std::string to_string() const { return std::to_string(major) + "." + std::to_string(minor); }
  /// "sm_90"
  std::string architecture() const { return "sm_" + std::to_string(10 * major + minor); }
};

/// NVIDIA's compiler as a library.
class Nvrtc {
 public:
  /// The compiler of this machine, opened at the first call and never closed; or why there is none.
  static const OrReason<Nvrtc>& instance();

  /// Machine code for CUDA C++. `name` stands for the file in messages. Products and sums are not contracted, so that a
  /// step rounds as it does on the CPU: kernels of chains wait for memory, not for arithmetic. **Throws** Error with
  /// the compiler's log.
  std::vector<char> cubin_for(const std::string& source, const std::string& name, ComputeCapability capability) const;

  /// What it compiles for, the least first.
  std::vector<ComputeCapability> capabilities() const;

  /// The most of what it compiles for that a card runs: its own capability, or a lesser one of the same major number.
  /// **Throws** Unsupported where there is none.
  ComputeCapability nearest(ComputeCapability card) const;

 private:
  class Source;

  static OrReason<Nvrtc> functions_of(const SharedLibrary& library);
  void check(nvrtcResult result, const char* call) const;

  decltype(&nvrtcGetErrorString) get_error_string_ = nullptr;
  decltype(&nvrtcGetNumSupportedArchs) get_num_supported_archs_ = nullptr;
  decltype(&nvrtcGetSupportedArchs) get_supported_archs_ = nullptr;
  decltype(&nvrtcCreateProgram) create_program_ = nullptr;
  decltype(&nvrtcDestroyProgram) destroy_program_ = nullptr;
  decltype(&nvrtcCompileProgram) compile_program_ = nullptr;
  decltype(&nvrtcGetProgramLogSize) get_program_log_size_ = nullptr;
  decltype(&nvrtcGetProgramLog) get_program_log_ = nullptr;
  decltype(&nvrtcGetCUBINSize) get_cubin_size_ = nullptr;
  decltype(&nvrtcGetCUBIN) get_cubin_ = nullptr;
};

}  // namespace cornu::cuda
