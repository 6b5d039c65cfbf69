#pragma once

#include <functional>
#include <memory>
#include <string>

#include "framework/config.h"
#include "framework/tensor.h"

namespace cornu {

/// How far predictions are from what they should be: by Keras' name ("mse"), an object of `losses::`, or a function.
///
/// A handle; the body is immutable. **See**: `keras.losses`.
class Loss {
 public:
  /// What a kind of loss implements.
  class Body {
   public:
    Body(std::string name, std::string reduction) : name_(std::move(name)), reduction_(std::move(reduction)) {}
    virtual ~Body() = default;
    /// Keras' class name, such as "MeanSquaredError".
    virtual std::string class_name() const = 0;
    /// Arguments of the constructor; the base gives name and reduction.
    virtual Config config() const;
    /// The values before they are reduced, in most losses one per sample: `(batch, ...)` without the last axis.
    virtual Tensor call(const Tensor& y_true, const Tensor& y_pred) const = 0;

    const std::string& name() const { return name_; }
    /// "sum_over_batch_size", "sum", "mean", "mean_with_sample_weight" or "none".
    const std::string& reduction() const { return reduction_; }

   private:
    std::string name_;
    std::string reduction_;
  };

  /// No loss.
  Loss() = default;
  Loss(const char* name) : Loss(std::string(name)) {}
  /// By Keras' name: "mse", "mean_squared_error", "MeanSquaredError". **Throws** InvalidArgument listing the known
  /// names.
  Loss(const std::string& name);
  explicit Loss(std::shared_ptr<const Body> body) : body_(std::move(body)) {}
  /// A function of one's own: `(y_true, y_pred)` to one value per sample (or a scalar).
  Loss(std::string name, std::function<Tensor(const Tensor& y_true, const Tensor& y_pred)> function);
  /// From what a file holds: null, a name, or a serialized object.
  static Loss from_config(const Config& config);

  bool defined() const { return body_ != nullptr; }
  const Body& body() const { return *body_; }
  const std::string& name() const { return body_->name(); }

  /// The reduced loss, a scalar (unless the reduction is "none"). `y_true` is cast to the dtype of `y_pred`, both to
  /// one rank as Keras does. Samples weigh by `sample_weight` (`(batch,)` or more axes) and by the mask that travels
  /// with `y_pred`.
  Tensor operator()(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) const;

  /// As Keras serializes it.
  Config serialized() const;

 private:
  std::shared_ptr<const Body> body_;
};

using LossFactory = Loss (*)(const Config& config);
/// Makes a class of losses known to files and options, with further names such as "mse". Returns true.
bool register_loss(const std::string& class_name, LossFactory factory, std::vector<std::string> aliases = {});

/// Weighs and reduces values as Keras' losses and metrics do: `sample_weight` and `mask` (either may be undefined)
/// broadcast against the values from the left; see `keras.src.losses.loss.reduce_weighted_values`.
Tensor reduce_weighted_values(const Tensor& values, const Tensor& sample_weight, const Tensor& mask,
                              const std::string& reduction);

/// y_true and y_pred brought to one rank, as Keras' `squeeze_or_expand_to_same_rank`.
void squeeze_or_expand_to_same_rank(Tensor& y_true, Tensor& y_pred);

}  // namespace cornu
