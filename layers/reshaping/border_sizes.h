#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "framework/config.h"

namespace cornu {

/// How much is added to or cut from both ends of the spatial axes: `1` for all ends, `{1, 2}` for both ends of each
/// axis in turn, `{{1, 2}, {0, 1}}` for each end.
class BorderSizes {
 public:
  /// Before and after an axis.
  using Ends = std::pair<std::int64_t, std::int64_t>;

  BorderSizes(int size) : BorderSizes(std::int64_t{size}) {}
  BorderSizes(std::int64_t size) : sizes_{{size, size}}, for_all_(true) {}
  BorderSizes(std::initializer_list<std::int64_t> sizes);
  BorderSizes(std::initializer_list<Ends> sizes) : sizes_(sizes) {}
  /// From what a file holds for that many axes: a number, a list, or a list of pairs; `otherwise` for null.
  static BorderSizes from_config(const Config& config, std::size_t rank, const BorderSizes& otherwise);

  /// Both ends of each of `rank` axes; for one axis two numbers are its two ends. **Throws** InvalidArgument, which
  /// says that the argument `name` of `who` is wrong, for another count or a negative size.
  std::vector<Ends> per_axis(std::size_t rank, const std::string& name, const std::string& who) const;

 private:
  BorderSizes() = default;
  std::vector<Ends> sizes_;
  bool for_all_ = false;
  bool symmetric_ = false;
};

/// As Keras writes them: a list of pairs, for one axis a bare pair.
Config config_of(const std::vector<BorderSizes::Ends>& sizes);

}  // namespace cornu
