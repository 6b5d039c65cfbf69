#include "framework/initializers/truncated_normal.h"

#include "framework/initializers/random_values.h"
#include "framework/initializers/seed.h"

namespace cornu::initializers {
namespace {

class TruncatedNormalBody final : public Initializer::Body {
 public:
  explicit TruncatedNormalBody(const TruncatedNormalOptions& options) : options_(options) {}
  std::string class_name() const override { return "TruncatedNormal"; }
  Config config() const override {
    return Config::dict({{"seed", seed_config(options_.seed)}, {"mean", options_.mean}, {"stddev", options_.stddev}});
  }
  Tensor make(const Shape& shape, DType dtype, std::uint64_t seed) const override {
    return truncated_normal_values(shape, dtype, options_.mean, options_.stddev, seed_or(options_.seed, seed));
  }

 private:
  TruncatedNormalOptions options_;
};

}  // namespace

TruncatedNormal::TruncatedNormal(const TruncatedNormalOptions& options)
    : Initializer(std::make_shared<TruncatedNormalBody>(options)) {}

namespace {

const bool kRegistered = register_initializer("TruncatedNormal", [](const Config& config) -> Initializer {
  return TruncatedNormal({.mean = config.get_double("mean", 0.0),
                          .stddev = config.get_double("stddev", 0.05),
                          .seed = seed_from(config.get("seed"))});
});

}  // namespace

}  // namespace cornu::initializers
