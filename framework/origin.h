#pragma once

#include <cstdint>
#include <string>

namespace cornu {

/// What made a symbolic tensor: an operation (`Node`) or the call of a layer (defined in `layers/`).
///
/// A tensor owns its origin and an origin its input tensors; nothing points the other way.
class Origin {
 public:
  Origin();
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;
  virtual ~Origin() = default;

  /// One phrase for messages: `operation 'add'`, `layer 'dense'`.
  virtual std::string describe() const = 0;

  /// Grows with every origin made: an order in which inputs come before what uses them.
  std::uint64_t sequence() const { return sequence_; }

 private:
  std::uint64_t sequence_;
};

}  // namespace cornu
