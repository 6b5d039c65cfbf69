#include "layers/reshaping/border_sizes.h"

#include <algorithm>

#include "framework/error.h"
#include "layers/layer_title.h"

namespace cornu {

BorderSizes::BorderSizes(std::initializer_list<std::int64_t> sizes) : symmetric_(true) {
  for (const std::int64_t size : sizes) sizes_.emplace_back(size, size);
}

BorderSizes BorderSizes::from_config(const Config& config, std::size_t rank, const BorderSizes& otherwise) {
  if (config.is_null()) return otherwise;
  if (!config.is_list()) return config.as_int();
  BorderSizes sizes;
  sizes.symmetric_ = rank == 1;
  for (const Config& item : config.as_list()) {
    if (item.is_list()) {
      const std::vector<std::int64_t> ends = item.as_ints();
      if (ends.size() != 2)
        throw FormatError("configuration: expected pairs of sizes; got a list of " + std::to_string(ends.size()));
      sizes.sizes_.emplace_back(ends[0], ends[1]);
    } else {
      sizes.sizes_.emplace_back(item.as_int(), item.as_int());
    }
  }
  return sizes;
}

std::vector<BorderSizes::Ends> BorderSizes::per_axis(std::size_t rank, const std::string& name,
                                                     const std::string& who) const {
  std::vector<Ends> result = sizes_;
  if (for_all_) result.assign(rank, sizes_[0]);
  if (rank == 1 && symmetric_ && sizes_.size() == 2) result = {{sizes_[0].first, sizes_[1].first}};
  const bool negative =
      std::any_of(result.begin(), result.end(), [](const Ends& ends) { return std::min(ends.first, ends.second) < 0; });
  if (result.size() != rank || negative) {
    const std::string axes = std::to_string(rank);
    throw InvalidArgument(who + ": " + name + " must be " +
                              (rank == 1 ? "an integer or a pair of integers"
                                         : "an integer, " + axes + " integers, or " + axes + " pairs of them") +
                              ", none negative",
                          path_in_title(who));
  }
  return result;
}

Config config_of(const std::vector<BorderSizes::Ends>& sizes) {
  Config list = Config::list();
  for (const auto& [before, after] : sizes) list.push_back(Config(std::vector<std::int64_t>{before, after}));
  return sizes.size() == 1 ? list.as_list()[0] : list;
}

}  // namespace cornu
