#include <algorithm>
#include <optional>

#include "framework/backends/cuda/chain_element.h"
#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/launch.h"

namespace cornu::cuda {
namespace {

constexpr std::int64_t kPackBytes = 16;    // the widest load there is
constexpr std::int64_t kChunk = 16 << 10;  // elements that a block takes, of one tensor

// One chain on many tensors in one launch: what an optimizer does. Blocks are dealt out to the tensors by their sizes.
class GroupedChain {
 public:
  // Of the tensors from `first` on so many.
  GroupedChain(const KernelRequest& request, std::size_t first, std::size_t count)
      : request_(request),
        program_(request.attributes.elementwise("program")),
        total_(static_cast<std::size_t>(request.attributes.integer("count"))),
        first_(first),
        count_(count),
        num_inputs_(request.inputs.size() / total_),
        num_outputs_(request.outputs.size() / total_) {}

  // Nothing where the chain has no device function.
  std::optional<Launch> launch() const;

 private:
  std::span<const TensorSpec> inputs() const { return request_.inputs.first(num_inputs_); }
  std::span<const TensorSpec> outputs() const { return request_.outputs.first(num_outputs_); }
  const Shape& shape(std::size_t member) const { return request_.outputs[(first_ + member) * num_outputs_].shape; }
  // Whether an input has an element for each of the results; otherwise it has one for all.
  bool is_full(std::size_t input) const;

  std::string tables(unsigned int& blocks) const;
  std::string kernel_text(const std::string& element, const std::string& tables, int width) const;
  int width() const;

  const KernelRequest& request_;
  const ElementwiseProgram& program_;
  std::size_t total_;
  std::size_t first_;
  std::size_t count_;
  std::size_t num_inputs_;
  std::size_t num_outputs_;
};

bool GroupedChain::is_full(std::size_t input) const {
  for (std::size_t member = 0; member < total_; ++member) {
    if (request_.inputs[member * num_inputs_ + input].shape.num_elements() != 1) return true;
  }
  return false;
}

int GroupedChain::width() const {
  std::size_t largest = 1;
  for (const TensorSpec& spec : outputs()) largest = std::max(largest, size_of(spec.dtype));
  for (std::size_t i = 0; i < num_inputs_; ++i) {
    if (is_full(i)) largest = std::max(largest, size_of(request_.inputs[i].dtype));
  }
  return static_cast<int>(kPackBytes / static_cast<std::int64_t>(largest));
}

// How many elements each tensor has, and where its blocks begin.
std::string GroupedChain::tables(unsigned int& blocks) const {
  std::string sizes;
  std::string firsts;
  blocks = 0;
  for (std::size_t member = 0; member < count_; ++member) {
    const std::int64_t size = shape(member).num_elements();
    sizes += std::to_string(size) + "ll, ";
    firsts += std::to_string(blocks) + "u, ";
    blocks += static_cast<unsigned int>((size + kChunk - 1) / kChunk);
  }
  return "CORNU_CONSTANT const long long sizes[] = {" + sizes +
         "};\nCORNU_CONSTANT const unsigned int first_blocks[] = {" + firsts + std::to_string(blocks) + "u};\n";
}

std::string GroupedChain::kernel_text(const std::string& element, const std::string& tables, int width) const {
  const auto number = [](std::size_t i) { return std::to_string(i); };
  const std::size_t num_operands = num_inputs_ + num_outputs_;
  std::string text = device_text({"device_types", "chain_functions", "grouped_blocks"}) + element + tables;
  const auto line = [&](const std::string& content) { text += content + "\n"; };
  line("CORNU_KERNEL(grouped_chain, " + number(count_ * num_operands) + ") {");
  line("  const int member = device::member_of_block<" + number(count_) + ">(first_blocks, blockIdx.x);");
  line("  const long long begin = (blockIdx.x - first_blocks[member]) * " + std::to_string(kChunk) + "ll;");
  line("  const long long rest = sizes[member] - begin;");
  line("  const int count = static_cast<int>(rest < " + std::to_string(kChunk) + " ? rest : " + std::to_string(kChunk) +
       ");");
  std::string aligned = "true";
  std::string of_packs;
  std::string of_elements;
  std::string loads;
  std::string packs;
  std::string stores;
  const std::string w = std::to_string(width);
  for (std::size_t i = 0; i < num_inputs_; ++i) {
    const std::string type = device_type(request_.inputs[i].dtype);
    const std::string x = "x" + number(i);
    const std::string address = "static_cast<const " + type + "::Stored*>(operands.at[member * " + number(num_inputs_) +
                                " + " + number(i) + "])";
    const std::string separator = i > 0 ? ", " : "";
    if (is_full(i)) {
      line("  const auto* const " + x + " = " + address + " + begin;");
      aligned += " && device::is_aligned<" + w + ">(" + x + ")";
      loads += "      const auto p" + number(i) + " = device::load_pack<" + w + ">(" + x + " + i);\n";
      of_packs += separator + type + "::load(p" + number(i) + ".values[k])";
      of_elements += separator + type + "::load(" + x + "[i])";
    } else {
      line("  const auto " + x + " = " + type + "::load(*" + address + ");");
      of_packs += separator + x;
      of_elements += separator + x;
    }
  }
  for (std::size_t o = 0; o < num_outputs_; ++o) {
    const std::string type = device_type(request_.outputs[o].dtype);
    const std::string y = "y" + number(o);
    line("  auto* const " + y + " = static_cast<" + type + "::Stored*>(operands.at[" + number(count_ * num_inputs_) +
         " + member * " + number(num_outputs_) + " + " + number(o) + "]) + begin;");
    aligned += " && device::is_aligned<" + w + ">(" + y + ")";
    packs += "      device::Pack<" + type + "::Stored, " + w + "> q" + number(o) + ";\n";
    stores += "      device::store_pack<" + w + ">(" + y + " + i, q" + number(o) + ");\n";
    const std::string separator = of_elements.empty() && o == 0 ? "" : ", ";
    of_packs += separator + "q" + number(o) + ".values[k]";
    of_elements += separator + y + "[i]";
  }
  line("  int done = 0;");
  line("  if (" + aligned + ") {");
  line("    done = count / " + w + " * " + w + ";");
  line("    for (int i = static_cast<int>(threadIdx.x) * " + w + "; i < done; i += static_cast<int>(blockDim.x) * " +
       w + ") {");
  text += loads + packs;
  line("      CORNU_UNROLL");
  line("      for (int k = 0; k < " + w + "; ++k) grouped_chain_element(" + of_packs + ");");
  text += stores;
  line("    }");
  line("  }");
  line(
      "  for (int i = done + static_cast<int>(threadIdx.x); i < count; i += static_cast<int>(blockDim.x)) "
      "grouped_chain_element(" +
      of_elements + ");");
  line("}");
  return text;
}

std::optional<Launch> GroupedChain::launch() const {
  const auto element = chain_element(program_, inputs(), outputs(), "grouped_chain");
  if (!element) return std::nullopt;
  unsigned int blocks = 0;
  const std::string table = tables(blocks);
  Launch launch{"grouped_chain", kernel_text(*element, table, width()), blocks, kThreads, {}};
  const auto add = [&](std::size_t per_member, Launch::Operand (*operand)(std::size_t)) {
    for (std::size_t i = first_ * per_member; i < (first_ + count_) * per_member; ++i)
      launch.operands.push_back(operand(i));
  };
  add(num_inputs_, Launch::input);
  add(num_outputs_, Launch::output);
  return launch;
}

// Pairs of operands of one tensor.
std::vector<std::pair<std::size_t, std::size_t>> shares_of(const KernelRequest& request, std::size_t count) {
  const std::size_t num_inputs = request.inputs.size() / count;
  const std::size_t num_outputs = request.outputs.size() / count;
  std::vector<std::pair<std::size_t, std::size_t>> shares;
  for (std::size_t i = 0; i < request.inputs.size(); ++i) {
    const std::size_t member = i / num_inputs;
    for (std::size_t o = member * num_outputs; o < (member + 1) * num_outputs; ++o) {
      if (request.inputs[i].shape == request.outputs[o].shape &&
          size_of(request.inputs[i].dtype) == size_of(request.outputs[o].dtype))
        shares.emplace_back(i, o);
    }
  }
  return shares;
}

// As few launches as the number of addresses that a kernel can be given allows: one for up to some hundred tensors.
std::unique_ptr<Kernel> grouped_kernel(const KernelRequest& request) {
  const auto count = static_cast<std::size_t>(request.attributes.integer("count"));
  const std::size_t per_launch = kMaxOperands / ((request.inputs.size() + request.outputs.size()) / count);
  std::vector<Launch> launches;
  for (std::size_t first = 0; first < count; first += per_launch) {
    const auto launch = GroupedChain(request, first, std::min(per_launch, count - first)).launch();
    if (!launch) return nullptr;
    if (launch->blocks > 0) launches.push_back(*launch);
  }
  return std::make_unique<LaunchKernel>(std::move(launches), 0, shares_of(request, count));
}

const bool kRegistered = register_kernel("grouped_elementwise", Backend::kCuda, grouped_kernel);

}  // namespace
}  // namespace cornu::cuda
