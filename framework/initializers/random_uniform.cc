#include "framework/initializers/random_uniform.h"

#include "framework/initializers/random_values.h"
#include "framework/initializers/seed.h"

namespace cornu::initializers {
namespace {

class RandomUniformBody final : public Initializer::Body {
 public:
  explicit RandomUniformBody(const RandomUniformOptions& options) : options_(options) {}
  std::string class_name() const override { return "RandomUniform"; }
  Config config() const override {
    return Config::dict(
        {{"seed", seed_config(options_.seed)}, {"minval", options_.minval}, {"maxval", options_.maxval}});
  }
  Tensor make(const Shape& shape, DType dtype, std::uint64_t seed) const override {
    return uniform_values(shape, dtype, options_.minval, options_.maxval, seed_or(options_.seed, seed));
  }

 private:
  RandomUniformOptions options_;
};

}  // namespace

RandomUniform::RandomUniform(const RandomUniformOptions& options)
    : Initializer(std::make_shared<RandomUniformBody>(options)) {}

namespace {

const bool kRegistered = register_initializer("RandomUniform", [](const Config& config) -> Initializer {
  return RandomUniform({.minval = config.get_double("minval", -0.05),
                        .maxval = config.get_double("maxval", 0.05),
                        .seed = seed_from(config.get("seed"))});
});

}  // namespace

}  // namespace cornu::initializers
