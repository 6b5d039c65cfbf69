#include "framework/initializers/orthogonal.h"

#include <algorithm>
#include <cmath>

#include "framework/error.h"
#include "framework/initializers/fill.h"
#include "framework/initializers/random_values.h"
#include "framework/initializers/seed.h"

namespace cornu::initializers {
namespace {

// Makes `count` vectors of that length, one after the other in memory, orthonormal: modified Gram-Schmidt in double. A
// random normal matrix is conditioned well enough for that, and dividing by positive norms fixes the signs as wanted.
void orthonormalize(double* vectors, std::int64_t count, std::int64_t length) {
  for (std::int64_t k = 0; k < count; ++k) {
    double* current = vectors + k * length;
    double squares = 0.0;
    for (std::int64_t i = 0; i < length; ++i) squares += current[i] * current[i];
    const double scale = 1.0 / std::sqrt(squares);
    for (std::int64_t i = 0; i < length; ++i) current[i] *= scale;
#pragma omp parallel for schedule(static) if ((count - k) * length > 65536)
    for (std::int64_t j = k + 1; j < count; ++j) {
      double* other = vectors + j * length;
      double projection = 0.0;
      for (std::int64_t i = 0; i < length; ++i) projection += current[i] * other[i];
      for (std::int64_t i = 0; i < length; ++i) other[i] -= projection * current[i];
    }
  }
}

class OrthogonalBody final : public Initializer::Body {
 public:
  explicit OrthogonalBody(const OrthogonalOptions& options) : options_(options) {}
  std::string class_name() const override { return "Orthogonal"; }
  Config config() const override {
    return Config::dict({{"seed", seed_config(options_.seed)}, {"gain", options_.gain}});
  }

  Tensor make(const Shape& shape, DType dtype, std::uint64_t seed) const override {
    if (shape.rank() < 2) {
      throw ShapeError("Orthogonal initializer: expected a weight of at least two dimensions; got shape " +
                       shape.to_string() + ". Use another initializer for this weight");
    }
    const std::int64_t columns = shape.back();
    const std::int64_t rows = shape.slice(0, -1).num_elements();
    const std::int64_t count = std::min(rows, columns);
    const std::int64_t length = std::max(rows, columns);
    Tensor vectors = normal_values({count, length}, float64, 0.0, 1.0, seed_or(options_.seed, seed));
    double* q = vectors.mutable_data<double>().data();
    orthonormalize(q, count, length);
    const bool vectors_are_rows = rows < columns;
    return filled(shape, dtype, [&](std::uint64_t i) {
      const auto row = static_cast<std::int64_t>(i) / columns;
      const auto column = static_cast<std::int64_t>(i) % columns;
      return options_.gain * (vectors_are_rows ? q[row * length + column] : q[column * length + row]);
    });
  }

 private:
  OrthogonalOptions options_;
};

}  // namespace

Orthogonal::Orthogonal(const OrthogonalOptions& options) : Initializer(std::make_shared<OrthogonalBody>(options)) {}

namespace {

const bool kRegistered = register_initializer("Orthogonal", [](const Config& config) -> Initializer {
  return Orthogonal({.gain = config.get_double("gain", 1.0), .seed = seed_from(config.get("seed"))});
});

}  // namespace

}  // namespace cornu::initializers
