#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "framework/config.h"

namespace cornu {

/// Sizes along the spatial axes, as convolutions and pooling take them: one for all axes (`3`) or one each (`{3, 5}`).
class SpatialSizes {
 public:
  /// Not given: the layer uses its default.
  SpatialSizes() = default;
  SpatialSizes(int size) : sizes_{size}, for_all_(true) {}
  SpatialSizes(std::int64_t size) : sizes_{size}, for_all_(true) {}
  SpatialSizes(std::initializer_list<std::int64_t> sizes) : sizes_(sizes) {}
  SpatialSizes(std::vector<std::int64_t> sizes) : sizes_(std::move(sizes)) {}
  /// From what a file holds: a number or a list; `otherwise` for null.
  static SpatialSizes from_config(const Config& config, const SpatialSizes& otherwise);

  bool given() const { return !sizes_.empty(); }

  /// One size for each of `rank` axes. **Throws** InvalidArgument, which says that the argument `name` of `who` is
  /// wrong, for another count and for sizes below `least`.
  std::vector<std::int64_t> per_axis(std::size_t rank, const std::string& name, const std::string& who,
                                     std::int64_t least = 1) const;

 private:
  std::vector<std::int64_t> sizes_;
  bool for_all_ = false;
};

}  // namespace cornu
