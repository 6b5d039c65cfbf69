#include "layers/call_observer.h"

#include <algorithm>

namespace cornu {
namespace {

thread_local std::vector<CallObserver*> observers;

}  // namespace

CallObserver::CallObserver() { observers.push_back(this); }
CallObserver::~CallObserver() { observers.erase(std::find(observers.begin(), observers.end(), this)); }
const std::vector<CallObserver*>& CallObserver::of_this_thread() { return observers; }

}  // namespace cornu
