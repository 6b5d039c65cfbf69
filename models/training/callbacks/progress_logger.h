#pragma once

#include "models/training/callbacks/callback.h"
#include "models/training/verbose.h"

namespace cornu {

/// Shows the progress of a run on standard output: Keras' bar on a terminal, one line an epoch elsewhere.
CallbackPtr make_progress_logger(Verbose verbose);

}  // namespace cornu
