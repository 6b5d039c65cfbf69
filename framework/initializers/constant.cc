#include "framework/initializers/constant.h"

#include "framework/initializers/fill.h"

namespace cornu::initializers {
namespace {

class ConstantBody final : public Initializer::Body {
 public:
  ConstantBody(std::string class_name, double value, Config config)
      : class_name_(std::move(class_name)), value_(value), config_(std::move(config)) {}
  std::string class_name() const override { return class_name_; }
  Config config() const override { return config_; }
  Tensor make(const Shape& shape, DType dtype, std::uint64_t) const override {
    return filled(shape, dtype, [this](std::uint64_t) { return value_; });
  }

 private:
  std::string class_name_;
  double value_;
  Config config_;
};

}  // namespace

Zeros::Zeros() : Initializer(std::make_shared<ConstantBody>("Zeros", 0.0, Config::dict())) {}
Ones::Ones() : Initializer(std::make_shared<ConstantBody>("Ones", 1.0, Config::dict())) {}
Constant::Constant(double value)
    : Initializer(std::make_shared<ConstantBody>("Constant", value, Config::dict({{"value", value}}))) {}

namespace {

const bool kZeros = register_initializer("Zeros", [](const Config&) -> Initializer { return Zeros(); });
const bool kOnes = register_initializer("Ones", [](const Config&) -> Initializer { return Ones(); });
const bool kConstant = register_initializer(
    "Constant", [](const Config& config) -> Initializer { return Constant(config.get_double("value", 0.0)); });

}  // namespace

}  // namespace cornu::initializers
