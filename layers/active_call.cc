#include "layers/active_call.h"

#include "layers/layer.h"

namespace cornu {
namespace {

thread_local ActiveCall* active_call = nullptr;

}  // namespace

ActiveCall* ActiveCall::innermost() { return active_call; }

std::string ActiveCall::path(const std::string& last) {
  std::string path = last;
  for (const ActiveCall* call = active_call; call; call = call->outer) path = call->layer->name() + "/" + path;
  return path;
}

ActiveCallScope::ActiveCallScope(Layer* layer, bool training)
    : call_{.layer = layer, .training = training, .outer = active_call} {
  active_call = &call_;
}
ActiveCallScope::~ActiveCallScope() { active_call = call_.outer; }

}  // namespace cornu
