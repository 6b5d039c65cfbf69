#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace cornu {

/// What a layer demands of one input; unset fields accept anything. **See**: `keras.layers.InputSpec`.
struct InputSpec {
  std::optional<std::int64_t> ndim = {};
  std::optional<std::int64_t> min_ndim = {};
  std::map<std::int64_t, std::int64_t> axes = {};  ///< required sizes by axis; negative axes count from the back
};

}  // namespace cornu
