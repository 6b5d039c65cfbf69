#include "layers/constraints/non_neg.h"

#include "framework/ops/arithmetic.h"

namespace cornu::constraints {
namespace {

class NonNegBody final : public Constraint::Body {
 public:
  std::string class_name() const override { return "NonNeg"; }
  Config config() const override { return Config::dict(); }
  Tensor call(const Tensor& x) const override { return ops::maximum(x, 0.0); }
};

const bool kRegistered = register_constraint("NonNeg", [](const Config&) -> Constraint { return NonNeg(); });

}  // namespace

NonNeg::NonNeg() : Constraint(std::make_shared<NonNegBody>()) {}

}  // namespace cornu::constraints
