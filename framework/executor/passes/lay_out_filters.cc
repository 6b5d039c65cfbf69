#include <map>
#include <utility>

#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// Keras has kernels as (window..., channels, filters), cuDNN as (filters, window..., channels).
class FilterLayout {
 public:
  explicit FilterLayout(Ir& ir) : ir_(ir) {}

  void run() {
    for (IrNode& node : std::exchange(ir_.nodes, {})) {
      const std::string& name = node.operation->name;
      if (name == "conv" || name == "conv_input_gradient") {
        read_filters_first(std::move(node));
      } else if (name == "conv_kernel_gradient" && wants_filters_first(node, ir_.spec(node.outputs[0]).shape)) {
        write_filters_first(std::move(node));
      } else {
        ir_.nodes.push_back(std::move(node));
      }
    }
  }

 private:
  // Not where both layouts are the same memory, nor where each group has one channel: that is not cuDNN's.
  static bool wants_filters_first(const IrNode& node, const Shape& kernel) {
    // In a prologue that was split off behind this pass they are so already.
    if (node.attributes.contains("filters_first")) return false;
    const bool is_matrix = kernel.num_elements() > kernel.back() && kernel.back() > 1;
    return is_matrix && (kernel[-2] > 1 || node.attributes.integer("groups") == 1);
  }

  void read_filters_first(IrNode node) {
    const int kernel = node.inputs[1];
    if (wants_filters_first(node, ir_.spec(kernel).shape)) {
      // One for the convolution and the gradient of its input.
      const auto [known, is_new] = filters_first_.try_emplace(kernel, -1);
      if (is_new) known->second = transposed(kernel);
      node.inputs[1] = known->second;
      node.attributes.set("filters_first", true);
    }
    ir_.nodes.push_back(std::move(node));
  }

  void write_filters_first(IrNode node) {
    const int gradient = node.outputs[0];
    const Shape& shape = ir_.spec(gradient).shape;
    const int made = ir_.add_computed({filters_first(shape), ir_.spec(gradient).dtype});
    node.outputs[0] = made;
    node.attributes.set("filters_first", true);
    ir_.nodes.push_back(std::move(node));
    std::vector<std::int64_t> permutation;
    for (std::int64_t axis = 1; axis < ir_.spec(gradient).shape.rank(); ++axis) permutation.push_back(axis);
    permutation.push_back(0);
    add_transpose(made, gradient, std::move(permutation));
  }

  int transposed(int kernel) {
    const int result = ir_.add_computed({filters_first(ir_.spec(kernel).shape), ir_.spec(kernel).dtype});
    std::vector<std::int64_t> permutation{ir_.spec(kernel).shape.rank() - 1};
    for (std::int64_t axis = 0; axis + 1 < ir_.spec(kernel).shape.rank(); ++axis) permutation.push_back(axis);
    add_transpose(kernel, result, std::move(permutation));
    return result;
  }

  static Shape filters_first(const Shape& kernel) { return Shape{kernel.back()}.concatenated(kernel.slice(0, -1)); }

  void add_transpose(int from, int to, std::vector<std::int64_t> permutation) {
    ir_.nodes.push_back({&operation_named("transpose"), {{"permutation", std::move(permutation)}}, {from}, {to}});
  }

  Ir& ir_;
  std::map<int, int> filters_first_;  // by kernel
};

}  // namespace

void lay_out_filters(Ir& ir) { FilterLayout(ir).run(); }

}  // namespace cornu
