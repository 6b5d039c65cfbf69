#include "models/training/losses/triplet.h"

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"

namespace cornu::losses {
namespace {

Tensor triplet(const Tensor& y_pred, double margin) {
  if (y_pred.rank() != 3 || y_pred.shape()[1] != 3) {
    throw ShapeError("Triplet: expected predictions of shape (batch, 3, dim), anchor, positive and negative; got " +
                     y_pred.shape().to_string() + ". Stack the three embeddings along axis 1");
  }
  const auto part = [&](std::int64_t position) { return ops::squeeze(ops::slice_position(y_pred, 1, position), 1); };
  const Tensor anchor = part(0);
  const Tensor to_positive = ops::sum(ops::square(anchor - part(1)), {.axis = -1});
  const Tensor to_negative = ops::sum(ops::square(anchor - part(2)), {.axis = -1});
  return ops::maximum(to_positive - to_negative + margin, 0.0);
}

// Not a function loss: targets that mean nothing are not brought to the rank of predictions.
class TripletBody final : public Loss::Body {
 public:
  explicit TripletBody(const TripletOptions& options)
      : Body(options.name.empty() ? "triplet" : options.name, options.reduction, options.dtype),
        margin_(options.margin) {}
  std::string class_name() const override { return "Triplet"; }
  Config config() const override {
    Config config = Body::config();
    config.set("margin", margin_);
    return config;
  }
  bool takes_labels() const override { return true; }
  Tensor call(const Tensor&, const Tensor& y_pred) const override { return triplet(y_pred, margin_); }

 private:
  double margin_;
};

}  // namespace

Triplet::Triplet(const TripletOptions& options) : Loss(std::make_shared<TripletBody>(options)) {}

namespace {

const bool kTriplet = register_loss("Triplet", [](const Config& config) -> Loss {
  const LossOptions options = loss_options(config);
  return Triplet({.margin = config.get_double("margin", 1.0),
                  .reduction = options.reduction,
                  .name = options.name,
                  .dtype = options.dtype});
});

}  // namespace

}  // namespace cornu::losses
