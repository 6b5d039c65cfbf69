#pragma once

#include <stdexcept>
#include <string>

#include "tests/v1_trace/value.h"

namespace trace {

/// An expectation of the trace that does not hold.
struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A statement that the runner does not know.
struct UnknownStatement : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs one trace; **throws** Mismatch at the first expectation that fails.
void run_trace(const Json& trace, const std::string& folder);

}  // namespace trace
