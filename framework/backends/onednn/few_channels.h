#pragma once

#include <memory>

#include "framework/kernel.h"
#include "framework/window_geometry.h"

namespace cornu::onednn {

/// The gradient of a convolution for its kernel (and bias, where there is a second output) when the input has few
/// channels, as the first layer of a network does. oneDNN's implementations for channels-last data reach half the speed
/// there, or less with a bias. Null for other convolutions.
std::unique_ptr<Kernel> make_few_channels_gradient(const KernelRequest& request, const WindowGeometry& geometry);

}  // namespace cornu::onednn
