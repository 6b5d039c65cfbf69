#pragma once

#include "framework/error.h"

/// TensorFlow's classes of errors, for programs in its old style. Each is the kind of cornu::Error that fits it.
namespace cornu::v1::errors {

/// An argument has the right type but a wrong value: a name, a shape, a graph. **See**: Python's ValueError.
class ValueError : public InvalidArgument {
 public:
  using InvalidArgument::InvalidArgument;
  ~ValueError() override;
};

/// A dtype does not fit, or a feed is no tensor of the session's graph.
class TypeError : public DTypeError {
 public:
  using DTypeError::DTypeError;
  ~TypeError() override;
};

/// A name that a look-up by name does not find.
class KeyError : public InvalidArgument {
 public:
  using InvalidArgument::InvalidArgument;
  ~KeyError() override;
};

/// A graph or session that is finalized, empty or closed.
class RuntimeError : public StateError {
 public:
  using StateError::StateError;
  ~RuntimeError() override;
};

/// A run reads a variable that was not initialised in this session.
class FailedPreconditionError : public StateError {
 public:
  using StateError::StateError;
  ~FailedPreconditionError() override;
};

/// A run lacks a feed, or values do not fit one another.
class InvalidArgumentError : public InvalidArgument {
 public:
  using InvalidArgument::InvalidArgument;
  ~InvalidArgumentError() override;
};

}  // namespace cornu::v1::errors
