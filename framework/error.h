#pragma once

#include <stdexcept>
#include <string>

namespace cornu {

/// Base of everything cornu throws. `what()` names who failed, what was expected, what was found and what to do.
///
/// `where()` is the layer path or file the message speaks of (may be empty), `op()` the operation (may be empty).
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, std::string where = {}, std::string op = {})
      : std::runtime_error(message), where_(std::move(where)), op_(std::move(op)) {}
  ~Error() override;

  const std::string& where() const noexcept { return where_; }
  const std::string& op() const noexcept { return op_; }

 private:
  std::string where_;
  std::string op_;
};

/// An argument is outside what the function accepts.
class InvalidArgument : public Error {
 public:
  using Error::Error;
  ~InvalidArgument() override;
};

/// Shapes do not fit one another or what a layer was built with.
class ShapeError : public InvalidArgument {
 public:
  using InvalidArgument::InvalidArgument;
  ~ShapeError() override;
};

/// A dtype is not supported here or does not fit.
class DTypeError : public InvalidArgument {
 public:
  using InvalidArgument::InvalidArgument;
  ~DTypeError() override;
};

/// A graph is used in a way it does not allow, such as a tensor of another graph.
class GraphError : public Error {
 public:
  using Error::Error;
  ~GraphError() override;
};

/// An object is not in the state the call needs, such as a model that was not compiled.
class StateError : public Error {
 public:
  using Error::Error;
  ~StateError() override;
};

/// A file is missing, damaged, or not of the format it should have.
class FormatError : public Error {
 public:
  using Error::Error;
  ~FormatError() override;
};

/// The request is valid but cornu cannot do it.
class Unsupported : public Error {
 public:
  using Error::Error;
  ~Unsupported() override;
};

/// A device has not enough memory. The message lists what takes most of it.
class OutOfMemory : public Error {
 public:
  using Error::Error;
  ~OutOfMemory() override;
};

}  // namespace cornu
