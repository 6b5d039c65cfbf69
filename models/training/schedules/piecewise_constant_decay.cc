#include "models/training/schedules/piecewise_constant_decay.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/where.h"

namespace cornu::schedules {
namespace {

class PiecewiseConstantDecayBody final : public LearningRateSchedule::Body {
 public:
  explicit PiecewiseConstantDecayBody(PiecewiseConstantDecayOptions options) : options_(std::move(options)) {
    if (options_.boundaries.empty() || options_.boundaries.size() + 1 != options_.values.size()) {
      throw InvalidArgument(
          "PiecewiseConstantDecay: expected one or more boundaries and one value more than boundaries; got " +
          std::to_string(options_.boundaries.size()) + " boundaries and " + std::to_string(options_.values.size()) +
          " values");
    }
  }

  std::string class_name() const override { return "PiecewiseConstantDecay"; }

  Config config() const override {
    return Config::dict({{"boundaries", options_.boundaries}, {"values", options_.values}, {"name", options_.name}});
  }

  Tensor call(const Tensor& step) const override {
    // From the last to the first: the first boundary that is not passed decides.
    Tensor value = ops::full({}, options_.values.back());
    for (std::size_t i = options_.boundaries.size(); i-- > 0;) {
      const Tensor boundary = ops::cast(Tensor(options_.boundaries[i]), DType::kInt64);
      value = ops::where(ops::less_equal(ops::cast(step, DType::kInt64), boundary), options_.values[i], value);
    }
    return value;
  }

 private:
  PiecewiseConstantDecayOptions options_;
};

// Keras casts boundaries to the integer step; files may hold them as 1000.0.
std::vector<std::int64_t> boundaries_from(const Config& config) {
  std::vector<std::int64_t> boundaries;
  for (const double boundary : config.as_doubles()) boundaries.push_back(static_cast<std::int64_t>(boundary));
  return boundaries;
}

const bool kRegistered = register_schedule("PiecewiseConstantDecay", [](const Config& config) -> LearningRateSchedule {
  return PiecewiseConstantDecay({.boundaries = boundaries_from(config.at("boundaries")),
                                 .values = config.at("values").as_doubles(),
                                 .name = config.get_string("name", "PiecewiseConstant")});
});

}  // namespace

PiecewiseConstantDecay::PiecewiseConstantDecay(const PiecewiseConstantDecayOptions& options)
    : LearningRateSchedule(std::make_shared<PiecewiseConstantDecayBody>(options)) {}

}  // namespace cornu::schedules
