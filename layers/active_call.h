#pragma once

#include <set>
#include <string>

namespace cornu {

class Layer;

/// What this thread is calling, outermost first: gives paths, the training flag, and who holds whom.
struct ActiveCall {
  Layer* layer;
  bool training;
  ActiveCall* outer;
  /// All layers within `layer`, at any depth, as far as somebody asked; they are found once in a call.
  std::set<const Layer*> held = {};

  /// The innermost call of this thread, or null.
  static ActiveCall* innermost();
  /// The names of the layers being called, and `last` behind them: "siamese/encoder/fc1".
  static std::string path(const std::string& last);
};

/// A call, while it lives.
class ActiveCallScope {
 public:
  ActiveCallScope(Layer* layer, bool training);
  ActiveCallScope(const ActiveCallScope&) = delete;
  ActiveCallScope& operator=(const ActiveCallScope&) = delete;
  ~ActiveCallScope();

 private:
  ActiveCall call_;
};

}  // namespace cornu
