#include "framework/backends/cuda/chain_element.h"

#include <algorithm>
#include <vector>

#include "framework/backends/cuda/device_text.h"

namespace cornu::cuda {
namespace {

constexpr const char* kOperations[] = {
    "absolute",      "acos",     "acosh",       "add",         "asin",       "asinh",        "atan",
    "atan2",         "atanh",    "ceil",        "cos",         "cosh",       "divide",       "equal",
    "erf",           "erfinv",   "exp",         "expm1",       "floor",      "floor_divide", "greater",
    "greater_equal", "isfinite", "isinf",       "isnan",       "less",       "less_equal",   "lgamma",
    "log",           "log1p",    "logical_and", "logical_not", "logical_or", "logical_xor",  "maximum",
    "minimum",       "mod",      "multiply",    "negative",    "not_equal",  "power",        "reciprocal",
    "relu",          "round",    "rsqrt",       "sigmoid",     "sign",       "sin",          "sinh",
    "softplus",      "sqrt",     "square",      "subtract",    "tan",        "tanh",         "trunc",
    "where"};

// Of two truths these make a truth in float32's arithmetic too.
constexpr const char* kKeepTruth[] = {"maximum", "minimum", "multiply", "where"};

// Those that integers have too.
constexpr const char* kIntegerOperations[] = {
    "absolute",    "add",         "equal",      "greater",     "greater_equal", "less",    "less_equal",
    "logical_and", "logical_not", "logical_or", "logical_xor", "maximum",       "minimum", "multiply",
    "negative",    "not_equal",   "sign",       "square",      "subtract",      "where"};

bool contains(std::span<const char* const> names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What holds a value between the steps.
enum class Held { kFloat, kDouble, kInteger };
Held held_as(DType dtype) {
  if (dtype == DType::kFloat64) return Held::kDouble;
  return is_integer(dtype) ? Held::kInteger : Held::kFloat;
}

class ElementWriter {
 public:
  ElementWriter(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                std::span<const TensorSpec> outputs)
      : program_(program), inputs_(inputs), outputs_(outputs) {}

  bool is_served();
  std::string write(const std::string& name);

 private:
  bool is_served(const ElementwiseProgram::Step& step) const;
  void line(const std::string& text) { text_ += text + "\n"; }
  static std::string numbered(const char* prefix, std::size_t number) { return prefix + std::to_string(number); }

  const ElementwiseProgram& program_;
  std::span<const TensorSpec> inputs_;
  std::span<const TensorSpec> outputs_;
  std::vector<DType> dtypes_;  // of all values
  std::string text_;
};

bool ElementWriter::is_served() {
  for (const TensorSpec& input : inputs_) dtypes_.push_back(input.dtype);
  for (const ElementwiseProgram::Step& step : program_.steps) {
    if (!is_served(step)) return false;
    dtypes_.push_back(step.dtype);
  }
  return true;
}

bool ElementWriter::is_served(const ElementwiseProgram::Step& step) const {
  if (step.operation == "cast") return true;
  if (!contains(kOperations, step.operation)) return false;
  // Of "where" the first operand is a condition; all others are held alike.
  const std::size_t first = step.operation == "where" ? 1 : 0;
  const auto dtype_of = [&](std::size_t operand) { return dtypes_[static_cast<std::size_t>(step.operands[operand])]; };
  if (first == 1 && held_as(dtype_of(0)) != Held::kFloat) return false;
  bool only_truths = true;
  for (std::size_t i = first; i < step.operands.size(); ++i) {
    const Held held = held_as(dtype_of(i));
    if (held != held_as(dtype_of(first))) return false;
    if (held == Held::kInteger && (!contains(kIntegerOperations, step.operation) || dtype_of(i) != dtype_of(first)))
      return false;
    only_truths = only_truths && dtype_of(i) == DType::kBool;
  }
  const bool gives_truth = step.operation.starts_with("is") || step.operation.starts_with("logical") ||
                           step.operation.starts_with("less") || step.operation.starts_with("greater") ||
                           step.operation.ends_with("equal");
  if (step.dtype == DType::kBool) return gives_truth || (only_truths && contains(kKeepTruth, step.operation));
  return !gives_truth && !only_truths && held_as(step.dtype) == held_as(dtype_of(first));
}

std::string ElementWriter::write(const std::string& name) {
  std::string parameters;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    parameters +=
        std::string(parameters.empty() ? "" : ", ") + device_type(inputs_[i].dtype) + "::Value " + numbered("v", i);
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    parameters +=
        std::string(parameters.empty() ? "" : ", ") + device_type(outputs_[i].dtype) + "::Stored& " + numbered("y", i);
  }
  line("CORNU_DEVICE void " + name + "_element(" + parameters + ") {");
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    const ElementwiseProgram::Step& step = program_.steps[i];
    std::string arguments;
    for (const int operand : step.operands) {
      arguments += (arguments.empty() ? "" : ", ") + numbered("v", static_cast<std::size_t>(operand));
    }
    const std::string function = step.operation == "cast" ? std::string(device_type(step.dtype)) + "::from"
                                                          : "device::" + step.operation + "_of";
    std::string value = function + "(" + arguments + ")";
    // Integers are held in 64 bits.
    if (is_integer(step.dtype) && step.operation != "cast")
      value = std::string(device_type(step.dtype)) + "::from(" + value + ")";
    line(std::string("  const ") + device_type(step.dtype) + "::Value " + numbered("v", inputs_.size() + i) + " = " +
         value + ";");
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const auto number = static_cast<std::size_t>(program_.outputs[i]);
    const std::string type = device_type(outputs_[i].dtype);
    const std::string value = numbered("v", number);
    const std::string converted = dtypes_[number] == outputs_[i].dtype ? value : type + "::from(" + value + ")";
    line("  " + numbered("y", i) + " = " + type + "::store(" + converted + ");");
  }
  line("}");
  return text_;
}

}  // namespace

std::optional<std::string> chain_element(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                                         std::span<const TensorSpec> outputs, const std::string& name) {
  ElementWriter writer(program, inputs, outputs);
  if (!writer.is_served()) return std::nullopt;
  return writer.write(name);
}

std::span<const char* const> chain_operations() { return kOperations; }

}  // namespace cornu::cuda
