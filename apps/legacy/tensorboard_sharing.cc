// How sharing simplifies what TensorBoard draws: the same two layers with variables of their own, with shared ones, and
// as a custom layer that is called twice. Then: tensorboard --logdir logs
//
//   tensorboard_sharing [LOGDIR]

#include <cornu/cornu.h>

#include "apps/legacy/claims.h"

using namespace cornu;

namespace {

v1::Tensor linear_layer(const v1::Tensor& input, std::int64_t units, const std::string& name) {
  v1::NameScope scope(name);
  const v1::Variable W(v1::random_normal({input.shape().back(), units}), {.name = "weights"});
  const v1::Variable b(v1::zeros({units}), {.name = "biases"});
  return v1::matmul(input, W) + b;
}

v1::Tensor linear_layer_shared(const v1::Tensor& input, std::int64_t units, const std::string& name) {
  v1::VariableScope scope(name, {.reuse = v1::AUTO_REUSE});
  const v1::Variable W = v1::get_variable(
      "weights", {.shape = Shape{input.shape().back(), units}, .initializer = v1::random_normal_initializer()});
  const v1::Variable b = v1::get_variable("biases", {.shape = Shape{units}, .initializer = v1::zeros_initializer()});
  return v1::matmul(input, W) + b;
}

class SharedLinearLayer : public Layer {
 public:
  explicit SharedLinearLayer(std::int64_t units) : Layer("shared_linear_layer"), units_(units) {}

 protected:
  void build(const Shapes& inputs) override {
    w_ = add_weight("weights", {inputs[0].back(), units_}, {.initializer = "random_normal"});
    b_ = add_weight("biases", {units_}, {.initializer = "zeros"});
  }
  Outputs call(const Inputs& inputs, const CallContext&) override { return ops::matmul(inputs[0], w_) + b_; }

 private:
  std::int64_t units_;
  Variable w_;
  Variable b_;
};
using SharedLinear = Shared<SharedLinearLayer>;

// The layer is applied to its own output, so it has as many units as features. Not the scope shares here: the instance.
v1::Tensor complex_model(const v1::Tensor& input, std::int64_t units, const std::string& name) {
  v1::VariableScope scope(name, {.reuse = v1::AUTO_REUSE});
  SharedLinear layer_shared(units);
  const Tensor output1 = layer_shared(input);
  const Tensor output2 = layer_shared(output1);
  return output2;
}

struct Counts {
  int nodes = 0;
  int variables = 0;
};

// Builds a model in a graph of its own, writes that for TensorBoard, and runs it once.
template <typename Build> Counts write(const std::string& folder, Build&& build) {
  const v1::Graph graph;
  const auto as_default = graph.as_default();
  const v1::Tensor input_data = v1::random_normal({10, 5}, 0.0, 1.0, float32, {}, "input_data");
  const v1::Tensors outputs = build(input_data);
  v1::summary::FileWriter writer(folder);
  writer.add_graph(graph);
  writer.close();
  Counts counts;
  for (const v1::Operation& operation : graph.operations()) {
    ++counts.nodes;
    counts.variables += operation.type() == "VariableV2" || operation.type() == "VarHandleOp";
  }
  v1::Session session;
  session.run(v1::global_variables_initializer());
  const v1::Fetched results = session.run(outputs);
  std::printf("%-18s %3d nodes, %d of them variables; output %s; %s\n", folder.c_str(), counts.nodes, counts.variables,
              results[0].tensor().shape().to_string().c_str(), writer.path().c_str());
  return counts;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string logs = argc > 1 ? argv[1] : "logs";
  return run_with_claims("tensorboard_sharing", [&](Claims& claim) {
    const Counts naive = write(logs + "/naive", [](const v1::Tensor& input) {
      return v1::Tensors{linear_layer(input, 8, "layer1"), linear_layer(input, 8, "layer2")};
    });
    const Counts shared = write(logs + "/shared", [](const v1::Tensor& input) {
      return v1::Tensors{linear_layer_shared(input, 8, "shared_layer"), linear_layer_shared(input, 8, "shared_layer")};
    });
    const Counts custom =
        write(logs + "/custom", [](const v1::Tensor& input) { return v1::Tensors{complex_model(input, 5, "model")}; });
    claim("the naive graph has four variables", naive.variables == 4);
    claim("the shared one has two, and fewer nodes", shared.variables == 2 && shared.nodes < naive.nodes);
    claim("the custom layer has two, though it is called twice", custom.variables == 2);
  });
}
