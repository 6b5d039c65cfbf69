#pragma once

namespace cornu {

/// While one lives, operations computed eagerly on this thread remember their inputs, so that gradients can be taken.
class RecordingScope {
 public:
  RecordingScope();
  RecordingScope(const RecordingScope&) = delete;
  RecordingScope& operator=(const RecordingScope&) = delete;
  ~RecordingScope();

  static bool active();

  /// Takes one scope out while it lives.
  class Pause {
   public:
    Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause();
  };
};

}  // namespace cornu
