#include "layers/call_observer.h"

namespace cornu {
namespace {

thread_local CallObserver* innermost = nullptr;

}  // namespace

CallObserver::CallObserver() : outer_(innermost) { innermost = this; }
CallObserver::~CallObserver() { innermost = outer_; }
CallObserver* CallObserver::current() { return innermost; }

}  // namespace cornu
