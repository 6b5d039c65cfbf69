#include "framework/backends/cuda/chain_source.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/strided_operand.h"

namespace cornu::cuda {
namespace {

constexpr std::size_t kPackBytes = 16;  // the widest load there is

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

bool contains(std::span<const char* const> names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What holds a value between the steps.
enum class Held { kFloat, kDouble, kInteger };
Held held_as(DType dtype) {
  if (dtype == DType::kFloat64) return Held::kDouble;
  return is_integer(dtype) ? Held::kInteger : Held::kFloat;
}

class ChainWriter {
 public:
  ChainWriter(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
              std::span<const TensorSpec> outputs, std::string name)
      : program_(program), inputs_(inputs), outputs_(outputs), name_(std::move(name)), shape_(outputs[0].shape) {}

  std::optional<ChainSource> write();

 private:
  bool is_served();
  bool is_served(const ElementwiseProgram::Step& step) const;
  void choose_width();

  void write_element();
  void write_kernel();
  void write_packs();
  std::string offset(std::size_t input) const { return operands_[input].offset("i", suffix_); }
  std::string call(const std::string& read_suffix) const;

  void line(const std::string& text) { text_ += text + "\n"; }
  static std::string numbered(const char* prefix, std::size_t number) { return prefix + std::to_string(number); }
  std::string literal(std::int64_t number) const { return std::to_string(number) + suffix_; }

  const ElementwiseProgram& program_;
  std::span<const TensorSpec> inputs_;
  std::span<const TensorSpec> outputs_;
  const std::string name_;
  const Shape& shape_;
  std::vector<DType> dtypes_;  // of all values
  std::vector<StridedOperand> operands_;
  std::string suffix_;  // of the index' literals
  int width_ = 1;
  std::string text_;
};

std::optional<ChainSource> ChainWriter::write() {
  if (!is_served()) return std::nullopt;
  suffix_ = shape_.num_elements() < (std::int64_t{1} << 31) ? "u" : "ull";
  for (const TensorSpec& input : inputs_) operands_.emplace_back(input.shape, shape_);
  choose_width();
  text_ = device_text({"device_types", "chain_functions"});
  write_element();
  line("");
  write_kernel();
  return ChainSource{text_, width_};
}

// --- what is served ------------------------------------------------------------------------------------------------

bool ChainWriter::is_served() {
  if (inputs_.size() + outputs_.size() > kMaxOperands || shape_.num_elements() == 0) return false;
  for (const TensorSpec& input : inputs_) dtypes_.push_back(input.dtype);
  for (const ElementwiseProgram::Step& step : program_.steps) {
    if (!is_served(step)) return false;
    dtypes_.push_back(step.dtype);
  }
  return true;
}

bool ChainWriter::is_served(const ElementwiseProgram::Step& step) const {
  if (step.operation == "cast") return true;
  if (!contains(kOperations, step.operation)) return false;
  // Of "where" the first operand is a condition; all others are held alike.
  const std::size_t first = step.operation == "where" ? 1 : 0;
  const auto dtype_of = [&](std::size_t operand) { return dtypes_[static_cast<std::size_t>(step.operands[operand])]; };
  if (first == 1 && held_as(dtype_of(0)) != Held::kFloat) return false;
  bool only_truths = true;
  for (std::size_t i = first; i < step.operands.size(); ++i) {
    const Held held = held_as(dtype_of(i));
    if (held == Held::kInteger || held != held_as(dtype_of(first))) return false;
    only_truths = only_truths && dtype_of(i) == DType::kBool;
  }
  const bool gives_truth = step.operation.starts_with("is") || step.operation.starts_with("logical") ||
                           step.operation.starts_with("less") || step.operation.starts_with("greater") ||
                           step.operation.ends_with("equal");
  if (step.dtype == DType::kBool) return gives_truth || (only_truths && contains(kKeepTruth, step.operation));
  return !gives_truth && !only_truths && held_as(step.dtype) == held_as(dtype_of(first));
}

// --- the kernel ----------------------------------------------------------------------------------------------------

// The most elements of which every operand is one wide load, or one element.
void ChainWriter::choose_width() {
  std::size_t largest = 1;
  for (const TensorSpec& spec : outputs_) largest = std::max(largest, size_of(spec.dtype));
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (!operands_[i].is_scalar()) largest = std::max(largest, size_of(inputs_[i].dtype));
  }
  const auto width = static_cast<std::int64_t>(kPackBytes / largest);
  const bool all = std::all_of(operands_.begin(), operands_.end(), [&](const StridedOperand& operand) {
    return operand.is_contiguous(width) || operand.is_constant(width);
  });
  width_ = all && width <= shape_.num_elements() ? static_cast<int>(width) : 1;
}

// All steps for one element: what both loops call.
void ChainWriter::write_element() {
  std::string parameters;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    parameters +=
        std::string(parameters.empty() ? "" : ", ") + device_type(inputs_[i].dtype) + "::Value " + numbered("v", i);
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    parameters +=
        std::string(parameters.empty() ? "" : ", ") + device_type(outputs_[i].dtype) + "::Stored& " + numbered("y", i);
  }
  line("CORNU_DEVICE void " + name_ + "_element(" + parameters + ") {");
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    const ElementwiseProgram::Step& step = program_.steps[i];
    std::string arguments;
    for (const int operand : step.operands) {
      arguments += (arguments.empty() ? "" : ", ") + numbered("v", static_cast<std::size_t>(operand));
    }
    const std::string function = step.operation == "cast" ? std::string(device_type(step.dtype)) + "::from"
                                                          : "device::" + step.operation + "_of";
    line(std::string("  const ") + device_type(step.dtype) + "::Value " + numbered("v", inputs_.size() + i) + " = " +
         function + "(" + arguments + ");");
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    const auto number = static_cast<std::size_t>(program_.outputs[i]);
    const std::string type = device_type(outputs_[i].dtype);
    const std::string value = numbered("v", number);
    const std::string converted = dtypes_[number] == outputs_[i].dtype ? value : type + "::from(" + value + ")";
    line("  " + numbered("y", i) + " = " + type + "::store(" + converted + ");");
  }
  line("}");
}

void ChainWriter::write_kernel() {
  line("CORNU_KERNEL(" + name_ + ", " + std::to_string(inputs_.size() + outputs_.size()) + ") {");
  line(std::string("  using Index = ") + (suffix_ == "u" ? "unsigned int" : "unsigned long long") + ";");
  line("  const Index count = " + literal(shape_.num_elements()) + ";");
  line("  const Index first = static_cast<Index>(blockIdx.x) * blockDim.x + threadIdx.x;");
  line("  const Index step = static_cast<Index>(gridDim.x) * blockDim.x;");
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    line("  const auto* const " + numbered("x", i) + " = static_cast<const " + device_type(inputs_[i].dtype) +
         "::Stored*>(operands.at[" + std::to_string(i) + "]);");
    if (operands_[i].is_scalar()) {
      line("  const auto " + numbered("s", i) + " = " + device_type(inputs_[i].dtype) + "::load(" + numbered("x", i) +
           "[0]);");
    }
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    line("  auto* const " + numbered("y", i) + " = static_cast<" + device_type(outputs_[i].dtype) +
         "::Stored*>(operands.at[" + std::to_string(inputs_.size() + i) + "]);");
  }
  line("  Index done = 0;");
  if (width_ > 1) write_packs();
  line("  for (Index i = done + first; i < count; i += step) {");
  std::string arguments;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const std::string element =
        std::string(device_type(inputs_[i].dtype)) + "::load(" + numbered("x", i) + "[" + offset(i) + "])";
    arguments += (i > 0 ? ", " : "") + (operands_[i].is_scalar() ? numbered("s", i) : element);
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    arguments += (arguments.empty() ? "" : ", ") + numbered("y", i) + "[i]";
  }
  line("    " + name_ + "_element(" + arguments + ");");
  line("  }");
  line("}");
}

void ChainWriter::write_packs() {
  const std::string width = std::to_string(width_);
  const auto is_pack = [&](std::size_t i) { return operands_[i].is_contiguous(width_); };
  std::string aligned;
  const auto require = [&](const std::string& pointer) {
    aligned += (aligned.empty() ? "" : " && ") + ("device::is_aligned<" + width + ">(" + pointer + ")");
  };
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (is_pack(i)) require(numbered("x", i));
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) require(numbered("y", i));
  line("  if (" + aligned + ") {");
  line("    const Index packs = count / " + literal(width_) + ";");
  line("    for (Index pack = first; pack < packs; pack += step) {");
  line("      const Index i = pack * " + literal(width_) + ";");
  std::string arguments;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const std::string type = device_type(inputs_[i].dtype);
    if (is_pack(i)) {
      line("      const auto " + numbered("p", i) + " = device::load_pack<" + width + ">(" + numbered("x", i) + " + " +
           offset(i) + ");");
    } else if (!operands_[i].is_scalar()) {
      line("      const auto " + numbered("s", i) + " = " + type + "::load(" + numbered("x", i) + "[" + offset(i) +
           "]);");
    }
    arguments +=
        (i > 0 ? ", " : "") + (is_pack(i) ? type + "::load(" + numbered("p", i) + ".values[k])" : numbered("s", i));
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    line("      device::Pack<" + std::string(device_type(outputs_[i].dtype)) + "::Stored, " + width + "> " +
         numbered("q", i) + ";");
    arguments += (arguments.empty() ? "" : ", ") + numbered("q", i) + ".values[k]";
  }
  line("      CORNU_UNROLL");
  line("      for (int k = 0; k < " + width + "; ++k) " + name_ + "_element(" + arguments + ");");
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    line("      device::store_pack<" + width + ">(" + numbered("y", i) + " + i, " + numbered("q", i) + ");");
  }
  line("    }");
  line("    done = packs * " + literal(width_) + ";");
  line("  }");
}

}  // namespace

std::optional<ChainSource> chain_source(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
                                        std::span<const TensorSpec> outputs, const std::string& name) {
  return ChainWriter(program, inputs, outputs, name).write();
}

std::span<const char* const> chain_operations() { return kOperations; }

}  // namespace cornu::cuda
