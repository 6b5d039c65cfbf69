#pragma once

#include <string>

namespace cornu {

/// What made a symbolic tensor: an operation (`Node`) or the call of a layer (defined in `layers/`).
///
/// A tensor owns its origin and an origin its input tensors; nothing points the other way.
class Origin {
 public:
  Origin() = default;
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;
  virtual ~Origin() = default;

  /// One phrase for messages: `operation 'add'`, `layer 'dense'`.
  virtual std::string describe() const = 0;
};

}  // namespace cornu
