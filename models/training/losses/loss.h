#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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
    /// **Throws** InvalidArgument for another reduction than those below.
    Body(std::string name, std::string reduction, std::optional<DType> dtype = {});
    virtual ~Body() = default;
    /// Keras' class name, such as "MeanSquaredError".
    virtual std::string class_name() const = 0;
    /// Arguments of the constructor; the base gives name and reduction.
    virtual Config config() const;
    /// The values before they are reduced, in most losses one per sample: `(batch, ...)` without the last axis.
    virtual Tensor call(const Tensor& y_true, const Tensor& y_pred) const = 0;
    /// True for losses whose targets are class numbers: they reach `call` as they are, not cast to the dtype.
    virtual bool takes_labels() const { return false; }

    const std::string& name() const { return name_; }
    /// "sum_over_batch_size", "sum", "mean", "mean_with_sample_weight" or "none".
    const std::string& reduction() const { return reduction_; }
    /// What it computes in; not set: float64 for float64 predictions, else float32.
    const std::optional<DType>& dtype() const { return dtype_; }

   private:
    std::string name_;
    std::string reduction_;
    std::optional<DType> dtype_;
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

  /// The reduced loss, a scalar (unless the reduction is "none"). Both are cast to the dtype of the loss and brought to
  /// one rank as Keras does. Samples weigh by `sample_weight` (`(batch,)` or more axes) and by the mask that travels
  /// with `y_pred`.
  /// **See**: `keras.losses.Loss.__call__`, which computes float64 predictions in float32 unless told otherwise.
  Tensor operator()(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) const;

  /// As Keras serializes it: the name it was given as, an object, or null for no loss.
  Config serialized() const;

 private:
  std::shared_ptr<const Body> body_;
  std::string given_name_;
};

using LossFactory = Loss (*)(const Config& config);
/// Makes a class of losses known to files and options by its name, that name in snake case, and further ones such as
/// "mse". Returns true.
bool register_loss(const std::string& class_name, LossFactory factory, std::vector<std::string> aliases = {});

/// Weighs and reduces values as Keras' losses do. `sample_weight` and `mask` (either may be undefined) have the leading
/// axes of the values: `(batch,)` weighs all steps of a sample alike. **Throws** ShapeError where they do not fit.
/// **See**: `keras.src.losses.loss.reduce_weighted_values`, which needs weights for each value.
Tensor reduce_weighted_values(const Tensor& values, const Tensor& sample_weight, const Tensor& mask,
                              const std::string& reduction);

/// Sample weights with a mask merged into them, in that dtype; undefined when both are. Where values are to be averaged
/// over all entries, `rescaled` makes the valid ones weigh `total / valid`.
Tensor merge_mask(const Tensor& sample_weight, const Tensor& mask, DType dtype, bool rescaled);

/// y_true and y_pred brought to one rank where one has a last axis of size 1 more, as Keras'
/// `squeeze_or_expand_to_same_rank`. Vectors become columns if `expand_vectors`.
void squeeze_or_expand_to_same_rank(Tensor& y_true, Tensor& y_pred, bool expand_vectors = true);

}  // namespace cornu
