// How can variables be shared? In the old style by the name of a scope, with AUTO_REUSE; in Keras' style by the
// instance: SharedDenseLayer holds a Dense and is called on two inputs.

#include <cornu/cornu.h>

#include "apps/legacy/claims.h"

using namespace cornu;

namespace {

v1::Tensor create_dense_layer(const v1::Tensor& inputs, std::int64_t units, const std::string& name) {
  v1::VariableScope scope(name, {.reuse = v1::AUTO_REUSE});
  const v1::Variable W = v1::get_variable(
      "weights", {.shape = Shape{inputs.shape()[1], units}, .initializer = v1::random_normal_initializer()});
  const v1::Variable b = v1::get_variable("biases", {.shape = Shape{units}, .initializer = v1::zeros_initializer()});
  return v1::matmul(inputs, W) + b;
}

class SharedDenseLayer : public Layer {
 public:
  explicit SharedDenseLayer(std::int64_t units) : Layer("shared_dense_layer"), dense_layer(units) {}
  layers::Dense dense_layer;

 protected:
  Outputs call(const Inputs& inputs, const CallContext&) override { return dense_layer(inputs); }
};
using SharedDense = Shared<SharedDenseLayer>;

bool equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && ops::max(ops::absolute(a - b)).item() < 1e-5;
}

void share_by_name(Claims& claim) {
  v1::set_random_seed(1);
  const v1::Tensor input1 = v1::random_normal({1, 10}), input2 = v1::random_normal({1, 10});
  const v1::Tensor input3 = v1::random_normal({1, 10});
  const v1::Tensor layer1_output = create_dense_layer(input1, 20, "dense_layer_1");
  const v1::Tensor layer2_output = create_dense_layer(input2, 20, "dense_layer_1");  // the same weights
  const v1::Tensor layer3_output = create_dense_layer(input3, 30, "dense_layer_2");  // its own

  v1::Session session;
  session.run(v1::global_variables_initializer());

  // By full name: from the root scope, told to reuse. (Without, get_variable would make them, and refuse to.)
  v1::VariableScope root(v1::get_variable_scope(), {.reuse = true});
  const v1::Variable weights1 = v1::get_variable("dense_layer_1/weights");
  const v1::Variable weights2 = v1::get_variable("dense_layer_2/weights");
  const v1::Fetched run =
      session.run({input1, input2, layer1_output, layer2_output, layer3_output, weights1, weights2});
  for (const v1::Variable& variable : v1::global_variables())
    std::printf("%-24s %s\n", variable.name().c_str(), variable.shape().to_string().c_str());

  claim("three calls make the variables of two layers", v1::global_variables().size() == 4);
  claim("fetched by the tensor's name they are the same values",
        equal(run[5], session.run("dense_layer_1/weights:0")) && run[6].tensor().shape() == Shape({10, 30}));
  const auto by_hand = [&](int input) { return ops::matmul(run[input].tensor(), run[5].tensor()); };
  claim("both calls computed with dense_layer_1/weights", equal(by_hand(0), run[2]) && equal(by_hand(1), run[3]));
}

void share_by_instance(Claims& claim) {
  SharedDense shared_layer(20), independent_layer(30);
  SeedGenerator seeds(1);
  const Tensor input1 = ops::random_normal({1, 10}, seeds.next()), input2 = ops::random_normal({1, 10}, seeds.next());
  const Tensor layer1_output = shared_layer(input1);
  const Tensor layer2_output = shared_layer(input2);
  const Tensor layer3_output = independent_layer(input2);

  for (const SharedDense& layer : {shared_layer, independent_layer}) {
    std::printf("%s:", layer->name().c_str());
    for (const Variable& weight : layer->dense_layer->weights())
      std::printf(" %s %s", weight.name().c_str(), weight.shape().to_string().c_str());
    std::printf("\n");
  }
  const Tensor kernel = shared_layer->dense_layer->weights()[0].value();
  claim("the shared instance has one kernel and one bias for both calls",
        shared_layer->weights().size() == 2 && equal(layer1_output, ops::matmul(input1, kernel)) &&
            equal(layer2_output, ops::matmul(input2, kernel)));
  assert_shared(shared_layer, SharedDense(shared_layer));
  std::string message;
  try {
    assert_shared(shared_layer, independent_layer);
  } catch (const StateError& error) {
    message = error.what();
  }
  std::printf("%s\n", message.c_str());
  claim("the other instance shares nothing", message.find("0 weights in common") != std::string::npos);
}

void program(Claims& claim) {
  share_by_name(claim);
  share_by_instance(claim);
}

}  // namespace

int main() { return run_with_claims("shared_dense_layer", program); }
