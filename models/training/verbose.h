#pragma once

namespace cornu {

/// When a fit shows what: "auto" is a progress bar on a terminal and one line an epoch elsewhere.
enum class Verbose { kAuto = -1, kSilent = 0, kProgressBar = 1, kLinePerEpoch = 2 };

}  // namespace cornu
