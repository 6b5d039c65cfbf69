#include "models/training/losses/function_loss.h"

#include "framework/snake_case.h"

namespace cornu::losses {
namespace {

class FunctionLossBody final : public Loss::Body {
 public:
  explicit FunctionLossBody(FunctionLoss loss)
      : Body(loss.name.empty() ? snake_case(loss.class_name) : loss.name, loss.reduction, loss.dtype),
        loss_(std::move(loss)) {}
  std::string class_name() const override { return loss_.class_name; }
  Config config() const override {
    Config config = Body::config();
    for (const auto& [key, value] : loss_.arguments.as_dict()) config.set(key, value);
    return config;
  }
  bool takes_labels() const override { return loss_.takes_labels; }
  Tensor call(const Tensor& y_true, const Tensor& y_pred) const override {
    Tensor expected = y_true;
    Tensor predicted = y_pred;
    squeeze_or_expand_to_same_rank(expected, predicted);
    return loss_.function(expected, predicted);
  }

 private:
  FunctionLoss loss_;
};

}  // namespace

Loss function_loss(FunctionLoss loss) { return Loss(std::make_shared<FunctionLossBody>(std::move(loss))); }

LossOptions loss_options(const Config& config) {
  LossOptions options;
  // Keras also takes None for no reduction.
  if (config.contains("reduction")) options.reduction = config.get_string("reduction", "none");
  options.name = config.get_string("name", "");
  const Config& dtype = config.get("dtype");
  if (dtype.is_string()) options.dtype = dtype_of(dtype.as_string());
  return options;
}

}  // namespace cornu::losses
