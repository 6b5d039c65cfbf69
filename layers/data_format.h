#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu {

/// Where the channels of images and sequences stand: "channels_last" `(batch, spatial..., channels)`, or
/// "channels_first"
/// `(batch, channels, spatial...)`. All operations work on channels last; layers transpose around them.
class DataFormat {
 public:
  /// "channels_last"
  DataFormat() = default;
  DataFormat(const char* name) : DataFormat(std::string(name)) {}
  /// **Throws** InvalidArgument for any other name.
  DataFormat(const std::string& name);

  bool channels_first() const { return channels_first_; }
  std::string name() const { return channels_first_ ? "channels_first" : "channels_last"; }
  /// 1 or -1.
  std::int64_t channel_axis() const { return channels_first_ ? 1 : -1; }
  /// All axes but those of batch and channels.
  std::vector<std::int64_t> spatial_axes(std::int64_t rank) const;

  Tensor to_channels_last(const Tensor& x) const;
  Tensor from_channels_last(const Tensor& y) const;

 private:
  bool channels_first_ = false;
};

}  // namespace cornu
