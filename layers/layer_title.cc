#include "layers/layer_title.h"

#include "framework/snake_case.h"

namespace cornu {

std::string layer_title(const std::string& class_name, const std::string& name) {
  return class_name + " '" + (name.empty() ? snake_case(class_name) : name) + "'";
}

}  // namespace cornu
