#include "layers/spatial_sizes.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/shape.h"
#include "layers/layer_title.h"

namespace cornu {

SpatialSizes SpatialSizes::from_config(const Config& config, const SpatialSizes& otherwise) {
  if (config.is_null()) return otherwise;
  if (config.is_list()) return config.as_ints();
  return config.as_int();
}

std::vector<std::int64_t> SpatialSizes::per_axis(std::size_t rank, const std::string& name, const std::string& who,
                                                 std::int64_t least) const {
  std::vector<std::int64_t> sizes = for_all_ ? std::vector<std::int64_t>(rank, sizes_[0]) : sizes_;
  const bool fits =
      sizes.size() == rank && std::all_of(sizes.begin(), sizes.end(), [&](auto size) { return size >= least; });
  if (fits) return sizes;
  const std::string count = rank == 1 ? "an integer" : "an integer or " + std::to_string(rank) + " integers";
  const std::string got = for_all_ ? std::to_string(sizes_[0]) : Shape(sizes_).to_string();
  throw InvalidArgument(
      who + ": " + name + " must be " + count + ", each at least " + std::to_string(least) + "; got " + got,
      path_in_title(who));
}

}  // namespace cornu
