#include "layers/regularizers/orthogonal_regularizer.h"

#include "framework/error.h"
#include "framework/initializers/identity.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/l2_normalize.h"
#include "framework/ops/matmul.h"
#include "framework/ops/reduce.h"

namespace cornu::regularizers {
namespace {

class OrthogonalRegularizerBody final : public Regularizer::Body {
 public:
  explicit OrthogonalRegularizerBody(const OrthogonalRegularizerOptions& options) : options_(options) {
    if (options.mode != "rows" && options.mode != "columns") {
      throw InvalidArgument("OrthogonalRegularizer: mode must be \"rows\" or \"columns\"; got \"" + options.mode +
                            "\"");
    }
    if (!(options.factor >= 0.0)) {
      throw InvalidArgument("OrthogonalRegularizer: factor must be at least 0; got " + std::to_string(options.factor));
    }
  }
  std::string class_name() const override { return "OrthogonalRegularizer"; }
  Config config() const override { return Config::dict({{"factor", options_.factor}, {"mode", options_.mode}}); }

  Tensor call(const Tensor& x) const override {
    if (x.rank() != 2) {
      throw ShapeError("OrthogonalRegularizer: expected a weight of rank 2; got shape " + x.shape().to_string());
    }
    const bool rows = options_.mode == "rows";
    const Tensor unit = ops::l2_normalize(x, rows ? 1 : 0);
    const Tensor cosines = ops::matmul(unit, unit, {.transpose_x = !rows, .transpose_y = rows});
    const std::int64_t size = x.shape()[rows ? 0 : 1];
    const Tensor identity = initializers::Identity()({size, size}, x.dtype(), 0);
    const double pairs = static_cast<double>(size) * (static_cast<double>(size) - 1.0) / 2.0;
    return ops::sum(ops::absolute(cosines * (1.0 - identity))) * (0.5 * options_.factor / pairs);
  }

 private:
  OrthogonalRegularizerOptions options_;
};

}  // namespace

OrthogonalRegularizer::OrthogonalRegularizer(const OrthogonalRegularizerOptions& options)
    : Regularizer(std::make_shared<OrthogonalRegularizerBody>(options)) {}

namespace {

const bool kRegistered = register_regularizer("OrthogonalRegularizer", [](const Config& config) -> Regularizer {
  return OrthogonalRegularizer(
      {.factor = config.get_double("factor", 0.01), .mode = config.get_string("mode", "rows")});
});

}  // namespace

}  // namespace cornu::regularizers
