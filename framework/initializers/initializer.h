#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "framework/config.h"
#include "framework/tensor.h"

namespace cornu {

/// How the first values of a weight are made. Options take a name ("glorot_uniform") or an object
/// (`initializers::HeNormal({.seed = 7})`).
///
/// A handle; the body is immutable. **See**: `keras.initializers`.
class Initializer {
 public:
  /// What a kind of initializer implements.
  class Body {
   public:
    virtual ~Body() = default;
    /// Keras' class name, such as "GlorotUniform".
    virtual std::string class_name() const = 0;
    virtual Config config() const = 0;
    /// Values of that shape and dtype. `seed` is set where the initializer has none of its own.
    virtual Tensor make(const Shape& shape, DType dtype, std::uint64_t seed) const = 0;
  };

  Initializer(const char* name) : Initializer(std::string(name)) {}
  /// By Keras' name, in snake case or as the class. **Throws** InvalidArgument listing the known names.
  Initializer(const std::string& name);
  explicit Initializer(std::shared_ptr<const Body> body) : body_(std::move(body)) {}

  /// From what a file holds: a name, or a serialized object; `otherwise` for null. **Throws** FormatError,
  /// InvalidArgument.
  static Initializer from_config(const Config& config, const Initializer& otherwise = "glorot_uniform");

  Tensor operator()(const Shape& shape, DType dtype, std::uint64_t seed) const {
    return body_->make(shape, dtype, seed);
  }

  const Body& body() const { return *body_; }

  /// As Keras serializes it: module, class name, configuration.
  Config serialized() const;

 private:
  std::shared_ptr<const Body> body_;
};

/// Makes an initializer of a class from its configuration; registered by class name (and its snake-cased form).
using InitializerFactory = Initializer (*)(const Config& config);
bool register_initializer(const std::string& class_name, InitializerFactory factory);

/// Sets the seed from which this thread draws the seeds of initializers and seed generators that were given none, so
/// that the same program makes the same numbers. **See**: `keras.utils.set_random_seed`.
void set_random_seed(std::uint64_t seed);

/// The next seed of this thread's sequence.
std::uint64_t next_random_seed();

}  // namespace cornu
