#include "layers/data_format.h"

#include "framework/error.h"
#include "framework/ops/reshape.h"

namespace cornu {

DataFormat::DataFormat(const std::string& name) : channels_first_(name == "channels_first") {
  if (name != "channels_last" && name != "channels_first") {
    throw InvalidArgument("data_format must be \"channels_last\" or \"channels_first\"; got \"" + name + "\"");
  }
}

std::vector<std::int64_t> DataFormat::spatial_axes(std::int64_t rank) const {
  std::vector<std::int64_t> axes;
  const std::int64_t first = channels_first_ ? 2 : 1;
  for (std::int64_t axis = first; axis < first + rank - 2; ++axis) axes.push_back(axis);
  return axes;
}

Tensor DataFormat::to_channels_last(const Tensor& x) const {
  if (!channels_first_) return x;
  std::vector<std::int64_t> order{0};
  for (std::int64_t axis : spatial_axes(x.rank())) order.push_back(axis);
  order.push_back(1);
  return ops::transpose(x, std::move(order));
}

Tensor DataFormat::from_channels_last(const Tensor& y) const {
  if (!channels_first_) return y;
  std::vector<std::int64_t> order{0, y.rank() - 1};
  for (std::int64_t axis = 1; axis < y.rank() - 1; ++axis) order.push_back(axis);
  return ops::transpose(y, std::move(order));
}

}  // namespace cornu
