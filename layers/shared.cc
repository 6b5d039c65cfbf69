#include "layers/shared.h"

#include <functional>

#include "framework/error.h"
#include "framework/trainability.h"
#include "layers/call_observer.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu {
namespace {

thread_local LayerFrame* innermost_frame = nullptr;

}  // namespace

Trackable::Trackable() { LayerFrame::announce(this); }
Trackable::Trackable(const Trackable&) { LayerFrame::announce(this); }
// A member that is given another layer; nothing of this class itself is copied.
Trackable& Trackable::operator=(const Trackable&) {
  trainability_changed();
  return *this;
}

LayerFrame::LayerFrame(const void* memory, std::size_t size)
    : memory_(static_cast<const std::byte*>(memory)), size_(size), outer_(innermost_frame) {
  innermost_frame = this;
}

LayerFrame::~LayerFrame() { innermost_frame = outer_; }

void LayerFrame::announce(const Trackable* member) {
  const auto* address = reinterpret_cast<const std::byte*>(member);
  for (LayerFrame* frame = innermost_frame; frame; frame = frame->outer_) {
    const std::less<const std::byte*> before;
    if (before(address, frame->memory_) || !before(address, frame->memory_ + frame->size_)) continue;
    frame->members_.push_back(member);
    return;
  }
}

void LayerFrame::hand_over_to(const LayerPtr& layer) {
  layer->members_ = std::move(members_);
  for (CallObserver* observer : CallObserver::of_this_thread()) observer->made(layer);
}

AnyLayer AnyLayer::clone() const {
  try {
    return layer_from_config(serialize_layer(*layer_));
  } catch (const FormatError& error) {
    // What the error says is about files, and there is none here.
    throw Unsupported("clone: " + layer_title(layer_->class_name(), layer_->name()) +
                          " would be made again from its configuration, but that of layer '" + error.where() +
                          "' does not suffice: a Lambda holds a C++ function, and a class of one's own has to be "
                          "registered with register_layer. Make a second layer as you made the first.",
                      layer_->name());
  }
}

void LayerList::push_back(const AnyLayer& layer) {
  layers_.push_back(layer.ptr());
  trainability_changed();
}

LayerList::LayerList(std::string name, std::vector<AnyLayer> layers) : name_(std::move(name)) {
  for (const AnyLayer& layer : layers) push_back(layer);
}

}  // namespace cornu
