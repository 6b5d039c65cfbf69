#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <cornu/cornu.h>

#include "apps/measurement/measurement.h"

namespace growth {

using cornu::measurement::Measurement;

/// A network that grows in one respect.
struct Series {
  const char* name;
  const char* size;  ///< what grows, for the axis of a diagram
  const char* what;  ///< the network, for the title of a diagram
  std::vector<std::int64_t> sizes;
  /// Multiplications of one sample or more of them, up to a factor: time should grow no faster.
  double (*work)(std::int64_t size);
  std::int64_t (*batch_size)(std::int64_t size);
  void (*run)(Measurement& measurement, std::int64_t size);
};

// One list for each question.
std::span<const Series> network_series();   ///< batch, width, depth
std::span<const Series> sequence_series();  ///< steps of a recurrence and of attention
std::span<const Series> tower_series();     ///< inputs of one shared tower
std::span<const Series> layer_series();     ///< layers of a model, for the time to make and compile it

/// Makes the model with `make`, and trains it on made-up data: inputs of the shapes that it has, class numbers below
/// 10. Figures: `build_s`, the seconds to make it, `first_step_s`, to compile it and for one step, `step_s`, for a
/// later step; all of them processor time.
void train(Measurement& measurement, const std::function<cornu::AnyModel()>& make);
/// The same for inference.
void infer(Measurement& measurement, const std::function<cornu::AnyModel()>& make);

}  // namespace growth
