#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "framework/config.h"
#include "framework/variable.h"

namespace cornu {

/// A figure that is gathered over batches: by Keras' name ("accuracy"), an object of `metrics::`, or a function.
///
/// A handle: copies share the state, which lives in Variables, so that updating is part of a compiled training step.
/// **See**: `keras.metrics`.
class Metric {
 public:
  /// What a kind of metric implements. `update_state` and `result` are written in ops on Variables; they run eagerly
  /// and traced.
  class Body {
   public:
    /// **Throws** DTypeError for a dtype that is not floating.
    explicit Body(std::string name, DType dtype = DType::kFloat32);
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    virtual ~Body() = default;
    virtual std::string class_name() const = 0;
    /// Arguments of the constructor; the base gives name and dtype.
    virtual Config config() const;
    /// Counts one batch. `sample_weight` may be undefined.
    virtual void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) = 0;
    /// The figure so far: a scalar, or a vector for metrics of several values.
    virtual Tensor result() = 0;
    /// Back to the start; by default every variable to its first value.
    virtual void reset_state();

    const std::string& name() const { return name_; }
    void set_name(std::string name) { name_ = std::move(name); }
    /// Of the state and the result.
    DType dtype() const { return dtype_; }
    const Variables& variables() const { return variables_; }

   protected:
    Variable add_variable(const std::string& name, const Tensor& initial_value);

   private:
    std::string name_;
    DType dtype_;
    Variables variables_;
    Tensors initial_values_;
  };

  Metric(const char* name) : Metric(std::string(name)) {}
  /// By Keras' name. "accuracy", "acc" become the accuracy that fits the shapes once those are known (`resolved_for`).
  /// **Throws** InvalidArgument listing the known names.
  Metric(const std::string& name);
  explicit Metric(std::shared_ptr<Body> body) : body_(std::move(body)) {}
  /// The mean of a function of one's own of `(y_true, y_pred)`.
  Metric(std::string name, std::function<Tensor(const Tensor& y_true, const Tensor& y_pred)> function);
  static Metric from_config(const Config& config);

  Body& body() const { return *body_; }
  const std::string& name() const { return body_->name(); }
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {}) const {
    body_->update_state(y_true, y_pred, sample_weight);
  }
  Tensor result() const { return body_->result(); }
  void reset_state() const { body_->reset_state(); }

  /// True for "accuracy" and its like, before `resolved_for`.
  bool needs_shapes() const;
  /// The metric a name such as "accuracy" means for these shapes, by Keras' rules, under the same name.
  Metric resolved_for(const Shape& y_true, const Shape& y_pred) const;

  /// As Keras serializes it: the name it was given as, or an object.
  Config serialized() const;

 private:
  std::shared_ptr<Body> body_;
  std::string given_name_;
};

/// Makes a class of metrics known to files and options by its name, that name in snake case, and further ones. Returns
/// true.
using MetricFactory = Metric (*)(const Config& config);
bool register_metric(const std::string& class_name, MetricFactory factory, std::vector<std::string> aliases = {});

}  // namespace cornu
