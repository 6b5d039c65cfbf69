#include "framework/backends/cuda/libraries.h"

namespace cornu::cuda {
namespace {

OrReason<Libraries> find_libraries() {
  // The driver comes first: without one the others, which are large, are not opened.
  if (!driver()) return OrReason<Libraries>::missing(driver().reason());
  const OrReason<Nvrtc>& nvrtc = Nvrtc::instance();
  if (!nvrtc) return OrReason<Libraries>::missing(nvrtc.reason());
  if (!cudnn()) return OrReason<Libraries>::missing(cudnn().reason());
  if (!cublas_lt()) return OrReason<Libraries>::missing(cublas_lt().reason());
  const auto compile = [&nvrtc](const std::string& text, const std::string& name, ComputeCapability capability) {
    return nvrtc->cubin_for(text, name, nvrtc->nearest(capability));
  };
  return Libraries{*driver(), compile, *cublas_lt(), *cudnn()};
}

}  // namespace

const OrReason<Libraries>& libraries() {
  static const OrReason<Libraries> found = find_libraries();
  return found;
}

}  // namespace cornu::cuda
