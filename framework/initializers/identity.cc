#include "framework/initializers/identity.h"

#include "framework/error.h"
#include "framework/initializers/fill.h"

namespace cornu::initializers {
namespace {

class IdentityBody final : public Initializer::Body {
 public:
  explicit IdentityBody(double gain) : gain_(gain) {}
  std::string class_name() const override { return "Identity"; }
  Config config() const override { return Config::dict({{"gain", gain_}}); }
  Tensor make(const Shape& shape, DType dtype, std::uint64_t) const override {
    if (shape.rank() != 2) {
      throw ShapeError("Identity initializer: expected the shape of a matrix; got " + shape.to_string() +
                       ". Use another initializer for this weight");
    }
    const auto columns = static_cast<std::uint64_t>(shape[1]);
    return filled(shape, dtype, [&](std::uint64_t i) { return i / columns == i % columns ? gain_ : 0.0; });
  }

 private:
  double gain_;
};

}  // namespace

Identity::Identity(double gain) : Initializer(std::make_shared<IdentityBody>(gain)) {}

namespace {

const bool kRegistered = register_initializer(
    "Identity", [](const Config& config) -> Initializer { return Identity(config.get_double("gain", 1.0)); });

}  // namespace

}  // namespace cornu::initializers
