#include "framework/queue.h"

namespace cornu {

Queue::Recording::~Recording() = default;
Queue::~Queue() = default;

}  // namespace cornu
