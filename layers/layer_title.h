#pragma once

#include <string>

namespace cornu {

/// How messages name a layer before it is a part of anything: `Conv2D 'conv1'`. For constructors of base classes, where
/// `describe()` does not know the class yet.
std::string layer_title(const std::string& class_name, const std::string& name);

/// The path in such a title or in what `describe()` gives, for `Error::where()`: `conv1`. Empty where there is none.
std::string path_in_title(const std::string& title);

}  // namespace cornu
