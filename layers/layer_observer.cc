#include "layers/layer_observer.h"

namespace cornu {
namespace {

thread_local LayerObserver* current_observer = nullptr;

}  // namespace

LayerObserver* LayerObserver::current() { return current_observer; }
void LayerObserver::set_current(LayerObserver* observer) { current_observer = observer; }

}  // namespace cornu
