#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// Inputs: x, gamma. Outputs: mean, variance, gamma / sqrt(variance + epsilon).
const Operation& kMoments = register_operation(
    {.name = "batch_norm_moments", .infer = [](std::span<const TensorSpec> inputs, const Attributes&) -> TensorSpecs {
       return {inputs[1], inputs[1], inputs[1]};
     }});

// Inputs: x, mean, variance, gamma, dy. Outputs: dgamma, dbeta, and what dx is made of: with
// r = 1 / sqrt(variance + epsilon) and the n elements of a channel, gamma r, dbeta / n and r dgamma / n.
const Operation& kGradientSums =
    register_operation({.name = "batch_norm_gradient_sums",
                        .infer = [](std::span<const TensorSpec> inputs, const Attributes&) -> TensorSpecs {
                          return TensorSpecs(5, inputs[3]);
                        }});

class Splitter {
 public:
  explicit Splitter(Ir& ir) : ir_(ir) {}

  void run() {
    for (IrNode& node : ir_.nodes) {
      const std::string& name = node.operation->name;
      const bool is_served = !node.inputs.empty() && ir_.spec(node.inputs[0]).dtype == DType::kFloat32;
      if (is_served && name == "batch_norm_training") {
        split_training(node);
      } else if (is_served && name == "batch_norm_gradient") {
        split_gradient(node);
      } else {
        nodes_.push_back(std::move(node));
      }
    }
    ir_.nodes = std::move(nodes_);
  }

 private:
  // y = (x - mean) scale + beta
  void split_training(const IrNode& node) {
    const int x = node.inputs[0];
    const int gamma = node.inputs[1];
    const int scale = ir_.add_computed(ir_.spec(gamma));
    nodes_.push_back({&kMoments, node.attributes, {x, gamma}, {node.outputs[1], node.outputs[2], scale}});
    const int scaled = elementwise("multiply", elementwise("subtract", x, node.outputs[1]), scale);
    elementwise("add", scaled, node.inputs[2], node.outputs[0]);
  }

  // dx = (dy - shift - (x - mean) slope) scale
  void split_gradient(const IrNode& node) {
    const int x = node.inputs[0];
    const int mean = node.inputs[1];
    const int dy = node.inputs[4];
    const TensorSpec channel = ir_.spec(node.inputs[3]);
    const int scale = ir_.add_computed(channel);
    const int shift = ir_.add_computed(channel);
    const int slope = ir_.add_computed(channel);
    nodes_.push_back(
        {&kGradientSums, node.attributes, node.inputs, {node.outputs[1], node.outputs[2], scale, shift, slope}});
    const int along_x = elementwise("multiply", elementwise("subtract", x, mean), slope);
    const int inner = elementwise("subtract", elementwise("subtract", dy, shift), along_x);
    elementwise("multiply", inner, scale, node.outputs[0]);
  }

  // An operation on a value with the shape of x and one like it or of one number a channel.
  int elementwise(const char* name, int a, int b) {
    const int result = ir_.add_computed(ir_.spec(a));
    elementwise(name, a, b, result);
    return result;
  }
  void elementwise(const char* name, int a, int b, int result) {
    nodes_.push_back({&operation_named(name), {}, {a, b}, {result}});
  }

  Ir& ir_;
  std::vector<IrNode> nodes_;
};

}  // namespace

void split_batch_norm(Ir& ir) { Splitter(ir).run(); }

}  // namespace cornu
