#include "framework/backends/cuda/kernel_text.h"

#include <algorithm>
#include <cstdint>

#include "framework/backends/cuda/device_text.h"

namespace cornu::cuda {

std::string kernel_text(std::initializer_list<std::string_view> files, const std::string& types,
                        const std::string& name, std::size_t num_operands, const std::string& statement) {
  std::string text = device_text({"device_types", "grid_loop"});
  for (const std::string_view file : files) text += device_text({file});
  return text + types + "CORNU_KERNEL(" + name + ", " + std::to_string(num_operands) + ") {\n  " + statement + ";\n}\n";
}

std::string device_template(std::string_view name, const std::vector<std::string>& arguments) {
  std::string text = "device::" + std::string(name) + "<";
  for (std::size_t i = 0; i < arguments.size(); ++i) text += (i > 0 ? ", " : "") + arguments[i];
  return text + ">";
}

std::string device_template(std::string_view name, std::initializer_list<std::int64_t> arguments) {
  std::vector<std::string> texts;
  for (const std::int64_t argument : arguments) texts.push_back(std::to_string(argument));
  return device_template(name, texts);
}

std::string read_operand(const std::string& type, std::size_t number) {
  return "static_cast<const " + type + "*>(operands.at[" + std::to_string(number) + "])";
}

std::string written_operand(const std::string& type, std::size_t number) {
  return "static_cast<" + type + "*>(operands.at[" + std::to_string(number) + "])";
}

const char* index_type(std::int64_t count) { return count <= INT32_MAX ? "unsigned int" : "unsigned long long"; }

const char* unit_type(DType dtype) {
  switch (size_of(dtype)) {
    case 1: return "unsigned char";
    case 2: return "unsigned short";
    case 4: return "unsigned int";
    default: return "unsigned long long";
  }
}

std::string stored_type(DType dtype) { return std::string(device_type(dtype)) + "::Stored"; }

std::int64_t pack_width(DType dtype, std::initializer_list<std::int64_t> sizes) {
  auto width = static_cast<std::int64_t>(16 / size_of(dtype));
  const auto divides = [&](std::int64_t size) { return size % width == 0; };
  while (!std::all_of(sizes.begin(), sizes.end(), divides)) width /= 2;
  return width;
}

}  // namespace cornu::cuda
