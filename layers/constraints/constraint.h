#pragma once

#include <memory>
#include <string>

#include "framework/config.h"
#include "framework/tensor.h"

namespace cornu {

/// What a weight is mapped to after each update: "non_neg", or `constraints::MaxNorm({.max_value = 2})`; none by
/// default.
///
/// **See**: `keras.constraints`.
class Constraint {
 public:
  /// What a kind of constraint implements.
  class Body {
   public:
    virtual ~Body() = default;
    virtual std::string class_name() const = 0;
    virtual Config config() const = 0;
    /// The weight to use instead, of the same shape.
    virtual Tensor call(const Tensor& x) const = 0;
  };

  Constraint() = default;
  Constraint(const char* name) : Constraint(std::string(name)) {}
  Constraint(const std::string& name);
  explicit Constraint(std::shared_ptr<const Body> body) : body_(std::move(body)) {}
  static Constraint from_config(const Config& config);

  bool defined() const { return body_ != nullptr; }
  Tensor operator()(const Tensor& x) const { return body_->call(x); }
  /// As Keras serializes it; null when there is none.
  Config serialized() const;

 private:
  std::shared_ptr<const Body> body_;
};

using ConstraintFactory = Constraint (*)(const Config& config);
bool register_constraint(const std::string& class_name, ConstraintFactory factory);

}  // namespace cornu
