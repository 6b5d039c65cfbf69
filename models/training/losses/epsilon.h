#pragma once

namespace cornu::losses {

/// What keeps logarithms and quotients finite: the first value of `keras.config.epsilon()`.
inline constexpr double kEpsilon = 1e-7;

}  // namespace cornu::losses
