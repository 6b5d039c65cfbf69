#pragma once

#include <string>
#include <string_view>

namespace cornu {

/// A class name as Keras writes it in paths and automatic names: "Conv2DTranspose" gives "conv2d_transpose".
std::string snake_case(std::string_view name);

}  // namespace cornu
