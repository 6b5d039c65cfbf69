#include "framework/backends/cuda/chain_source.h"

#include <algorithm>
#include <cstdint>

#include "framework/backends/cuda/chain_element.h"
#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/strided_operand.h"

namespace cornu::cuda {
namespace {

constexpr std::size_t kPackBytes = 16;  // the widest load there is

class ChainWriter {
 public:
  ChainWriter(const ElementwiseProgram& program, std::span<const TensorSpec> inputs,
              std::span<const TensorSpec> outputs, std::string name)
      : program_(program), inputs_(inputs), outputs_(outputs), name_(std::move(name)), shape_(outputs[0].shape) {}

  std::optional<ChainSource> write();

 private:
  void choose_width();
  void write_kernel();
  void write_packs();
  std::string offset(std::size_t input) const { return operands_[input].offset("i", suffix_); }

  void line(const std::string& text) { text_ += text + "\n"; }
  static std::string numbered(const char* prefix, std::size_t number) { return prefix + std::to_string(number); }
  std::string literal(std::int64_t number) const { return std::to_string(number) + suffix_; }

  const ElementwiseProgram& program_;
  std::span<const TensorSpec> inputs_;
  std::span<const TensorSpec> outputs_;
  const std::string name_;
  const Shape& shape_;
  std::vector<StridedOperand> operands_;
  std::string suffix_;  // of the index' literals
  int width_ = 1;
  std::string text_;
};

std::optional<ChainSource> ChainWriter::write() {
  if (inputs_.size() + outputs_.size() > kMaxOperands || shape_.num_elements() == 0) return std::nullopt;
  const auto element = chain_element(program_, inputs_, outputs_, name_);
  if (!element) return std::nullopt;
  suffix_ = shape_.num_elements() < (std::int64_t{1} << 31) ? "u" : "ull";
  for (const TensorSpec& input : inputs_) operands_.emplace_back(input.shape, shape_);
  choose_width();
  text_ = device_text({"device_types", "chain_functions"}) + *element;
  line("");
  write_kernel();
  return ChainSource{text_, width_};
}

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

}  // namespace cornu::cuda
