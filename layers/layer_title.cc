#include "layers/layer_title.h"

#include "framework/snake_case.h"

namespace cornu {

std::string layer_title(const std::string& class_name, const std::string& name) {
  return class_name + " '" + (name.empty() ? snake_case(class_name) : name) + "'";
}

std::string path_in_title(const std::string& title) {
  const std::size_t first = title.find('\'');
  const std::size_t last = title.rfind('\'');
  return first == last ? std::string() : title.substr(first + 1, last - first - 1);
}

}  // namespace cornu
