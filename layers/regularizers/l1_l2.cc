#include "layers/regularizers/l1_l2.h"

#include <cmath>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/reduce.h"

namespace cornu::regularizers {
namespace {

double checked(double factor, const char* name) {
  if (std::isfinite(factor) && factor >= 0.0) return factor;
  throw InvalidArgument("regularizer: expected a finite " + std::string(name) + " of at least 0; got " +
                        std::to_string(factor));
}

class L1L2Body final : public Regularizer::Body {
 public:
  L1L2Body(std::string class_name, double l1, double l2)
      : class_name_(std::move(class_name)), l1_(checked(l1, "l1")), l2_(checked(l2, "l2")) {}
  std::string class_name() const override { return class_name_; }
  Config config() const override {
    if (class_name_ == "L1") return Config::dict({{"l1", l1_}});
    if (class_name_ == "L2") return Config::dict({{"l2", l2_}});
    return Config::dict({{"l1", l1_}, {"l2", l2_}});
  }
  Tensor call(const Tensor& x) const override {
    Tensor penalty;
    if (l1_ != 0.0) penalty = ops::sum(ops::absolute(x)) * l1_;
    if (l2_ != 0.0) {
      const Tensor squares = ops::sum(ops::square(x)) * l2_;
      penalty = penalty.defined() ? penalty + squares : squares;
    }
    return penalty.defined() ? penalty : ops::zeros({}, x.dtype());
  }

 private:
  std::string class_name_;
  double l1_;
  double l2_;
};

}  // namespace

L1L2::L1L2(const L1L2Options& options) : Regularizer(std::make_shared<L1L2Body>("L1L2", options.l1, options.l2)) {}
L1::L1(const L1Options& options) : Regularizer(std::make_shared<L1L2Body>("L1", options.l1, 0.0)) {}
L2::L2(const L2Options& options) : Regularizer(std::make_shared<L1L2Body>("L2", 0.0, options.l2)) {}

namespace {

const bool kL1L2 = register_regularizer("L1L2", [](const Config& config) -> Regularizer {
  return L1L2({.l1 = config.get_double("l1", 0.0), .l2 = config.get_double("l2", 0.0)});
});
const bool kL1 = register_regularizer(
    "L1", [](const Config& config) -> Regularizer { return L1({.l1 = config.get_double("l1", 0.01)}); });
const bool kL2 = register_regularizer(
    "L2", [](const Config& config) -> Regularizer { return L2({.l2 = config.get_double("l2", 0.01)}); });

}  // namespace

}  // namespace cornu::regularizers
