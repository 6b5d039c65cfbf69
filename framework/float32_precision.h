#pragma once

#include <string>

namespace cornu {

/// How exactly float32 products are computed: "fast", the default, or "exact".
///
/// "fast" lets a convolution use an algorithm with fewer multiplications, whose largest error in relation to the
/// largest output is about twice that of adding up products: 2.5e-6 where that has 1.4e-6, for random sums of 1,152
/// products. "exact" only adds up products. Both compute in float32 throughout.
std::string float32_precision();

/// Sets it for the whole process; programs and models that were compiled before are compiled anew at their next use.
/// **Throws** InvalidArgument for another name.
void set_float32_precision(const std::string& precision);

}  // namespace cornu
