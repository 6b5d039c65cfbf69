#include "framework/backends/cuda/nvrtc.h"

#include <algorithm>

#include "framework/error.h"

namespace cornu::cuda {

// A program of NVRTC while it lives.
class Nvrtc::Source {
 public:
  Source(const Nvrtc& nvrtc, const std::string& text, const std::string& name) : nvrtc_(nvrtc) {
    nvrtc.check(nvrtc.create_program_(&program_, text.c_str(), (name + ".cu").c_str(), 0, nullptr, nullptr),
                "nvrtcCreateProgram");
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() { nvrtc_.destroy_program_(&program_); }

  nvrtcProgram get() const { return program_; }

  std::string log() const {
    std::size_t size = 0;
    nvrtc_.check(nvrtc_.get_program_log_size_(program_, &size), "nvrtcGetProgramLogSize");
    std::string text(size, '\0');
    nvrtc_.check(nvrtc_.get_program_log_(program_, text.data()), "nvrtcGetProgramLog");
    text.resize(text.find('\0') < size ? text.find('\0') : size);  // the size counts the end of a C string
    return text;
  }

 private:
  const Nvrtc& nvrtc_;
  nvrtcProgram program_ = nullptr;
};

const OrReason<Nvrtc>& Nvrtc::instance() {
  static const OrReason<SharedLibrary> library = SharedLibrary::open(
      {"libnvrtc.so.13", "libnvrtc.so.12"}, "install the CUDA toolkit's NVRTC, or name its folder in CUDA_HOME");
  static const OrReason<Nvrtc> nvrtc = library ? functions_of(*library) : OrReason<Nvrtc>::missing(library.reason());
  return nvrtc;
}

OrReason<Nvrtc> Nvrtc::functions_of(const SharedLibrary& library) {
  Nvrtc found;
  std::string missing;
  const auto find = [&](auto& function, const char* symbol) {
    if (!library.find(function, symbol) && missing.empty()) missing = library.lacks(symbol);
  };
  find(found.get_error_string_, CORNU_CUDA_SYMBOL(nvrtcGetErrorString));
  find(found.get_num_supported_archs_, CORNU_CUDA_SYMBOL(nvrtcGetNumSupportedArchs));
  find(found.get_supported_archs_, CORNU_CUDA_SYMBOL(nvrtcGetSupportedArchs));
  find(found.create_program_, CORNU_CUDA_SYMBOL(nvrtcCreateProgram));
  find(found.destroy_program_, CORNU_CUDA_SYMBOL(nvrtcDestroyProgram));
  find(found.compile_program_, CORNU_CUDA_SYMBOL(nvrtcCompileProgram));
  find(found.get_program_log_size_, CORNU_CUDA_SYMBOL(nvrtcGetProgramLogSize));
  find(found.get_program_log_, CORNU_CUDA_SYMBOL(nvrtcGetProgramLog));
  find(found.get_cubin_size_, CORNU_CUDA_SYMBOL(nvrtcGetCUBINSize));
  find(found.get_cubin_, CORNU_CUDA_SYMBOL(nvrtcGetCUBIN));
  if (!missing.empty()) return OrReason<Nvrtc>::missing(missing);
  return found;
}

std::vector<char> Nvrtc::cubin_for(const std::string& source, const std::string& name,
                                   ComputeCapability capability) const {
  const Source program(*this, source, name);
  const std::string architecture = "--gpu-architecture=" + capability.architecture();
  const std::vector<const char*> options{architecture.c_str(), "--std=c++17", "--fmad=false"};
  const nvrtcResult result = compile_program_(program.get(), static_cast<int>(options.size()), options.data());
  if (result != NVRTC_SUCCESS) {
    throw Error("NVRTC could not compile '" + name + "' for " + capability.architecture() + " [" +
                get_error_string_(result) + "]:\n" + program.log());
  }
  std::size_t size = 0;
  check(get_cubin_size_(program.get(), &size), "nvrtcGetCUBINSize");
  std::vector<char> cubin(size);
  check(get_cubin_(program.get(), cubin.data()), "nvrtcGetCUBIN");
  return cubin;
}

std::vector<ComputeCapability> Nvrtc::capabilities() const {
  int count = 0;
  check(get_num_supported_archs_(&count), "nvrtcGetNumSupportedArchs");
  std::vector<int> numbers(static_cast<std::size_t>(count));
  check(get_supported_archs_(numbers.data()), "nvrtcGetSupportedArchs");
  std::sort(numbers.begin(), numbers.end());
  std::vector<ComputeCapability> result;
  result.reserve(numbers.size());
  for (const int number : numbers) result.push_back({number / 10, number % 10});
  return result;
}

ComputeCapability Nvrtc::nearest(ComputeCapability card) const {
  const std::vector<ComputeCapability> known = capabilities();
  const auto runs = [&](const ComputeCapability& one) { return one.major == card.major && one.minor <= card.minor; };
  const auto found = std::find_if(known.rbegin(), known.rend(), runs);
  if (found != known.rend()) return *found;
  throw Unsupported("this NVRTC compiles for cards up to compute capability " + known.back().to_string() +
                    ", the card has " + card.to_string() + ": install a newer CUDA toolkit");
}

void Nvrtc::check(nvrtcResult result, const char* call) const {
  if (result != NVRTC_SUCCESS)
    throw Error(std::string("NVRTC: ") + call + " failed [" + get_error_string_(result) + "]");
}

}  // namespace cornu::cuda
