// Two models with one first layer: `fc1` is made by a function under variable_scope(reuse), each model has a last layer
// of its own, and they are trained in turns.

#include <cornu/cornu.h>

#include "apps/legacy/claims.h"
#include "apps/legacy/images.h"

using namespace cornu;

namespace {

v1::Tensor create_fully_connected_layer(const v1::Tensor& input, std::int64_t num_outputs,
                                        const std::string& layer_name, bool reuse = false) {
  v1::VariableScope scope(layer_name, {.reuse = reuse});
  v1::Variable weights, bias;
  if (!reuse) {
    weights = v1::get_variable("weights", {.shape = Shape{input.shape()[1], num_outputs},
                                           .initializer = v1::random_normal_initializer(0.0, 0.05)});
    bias = v1::get_variable("bias", {.shape = Shape{num_outputs}, .initializer = v1::zeros_initializer()});
  } else {
    weights = v1::get_variable("weights");  // reuses weights
    bias = v1::get_variable("bias");        // reuses bias
  }
  return v1::matmul(input, weights) + bias;
}

v1::Tensor loss_of(const v1::Tensor& logits, const v1::Tensor& labels) {
  return v1::reduce_mean(v1::nn::sparse_softmax_cross_entropy_with_logits(labels, logits));
}

double distance(const Tensor& a, const Tensor& b) { return ops::max(ops::absolute(a - b)).item(); }

void program(Claims& claim) {
  v1::set_random_seed(1);
  const v1::Tensor input_a = v1::placeholder(float32, Shape{kUnknown, 784}, "input_a");
  const v1::Tensor input_b = v1::placeholder(float32, Shape{kUnknown, 784}, "input_b");
  const v1::Tensor labels = v1::placeholder(int64, Shape{kUnknown}, "labels");

  // The first model.
  const v1::Tensor fc_a1 = create_fully_connected_layer(input_a, 128, "fc1");
  const v1::Tensor fc_a2 = create_fully_connected_layer(v1::nn::relu(fc_a1), 10, "fc2");
  // The second one, with the weights of the first's first layer; its last layer is another.
  const v1::Tensor fc_b1 = create_fully_connected_layer(input_b, 128, "fc1", true);
  const v1::Tensor fc_b2 = create_fully_connected_layer(v1::nn::relu(fc_b1), 10, "fc3");

  const v1::Tensor loss_a = loss_of(fc_a2, labels), loss_b = loss_of(fc_b2, labels);
  const v1::Operation train_a = v1::train::GradientDescentOptimizer(0.1).minimize(loss_a);
  const v1::Operation train_b = v1::train::GradientDescentOptimizer(0.1).minimize(loss_b);

  for (const v1::Variable& variable : v1::global_variables())
    std::printf("%-14s %s\n", variable.name().c_str(), variable.shape().to_string().c_str());
  claim("three layers for two models of two", v1::global_variables().size() == 6);

  // Model a sees images, model b their negatives.
  const Images images = load_images(2000);
  const Tensor pixels = ops::reshape(images.pixels, {2000, 784});
  const Tensor negatives = 1.0 - pixels;
  const auto batch = [](const Tensor& x, int step) { return ops::slice(x, {step * 50 % 2000, 0}, {50, 784}); };

  v1::Session session;
  session.run(v1::global_variables_initializer());
  const auto loss_on_all = [&](const v1::Tensor& loss, const v1::Tensor& input, const Tensor& x) {
    return session.run(loss, {{input, x}, {labels, images.labels}}).tensor().item();
  };
  const double first_a = loss_on_all(loss_a, input_a, pixels), first_b = loss_on_all(loss_b, input_b, negatives);
  bool moves_under_both = true, heads_stay = true;
  for (int turn = 0; turn < 4; ++turn) {
    const bool is_a = turn % 2 == 0;
    const v1::Fetch watched{"fc1/weights:0", is_a ? "fc3/weights:0" : "fc2/weights:0", is_a ? fc_b2 : fc_a2};
    const v1::Feeds feeds{{input_a, batch(pixels, 0)}, {input_b, batch(negatives, 0)}};
    const v1::Fetched before = session.run(watched, feeds);
    for (int step = 0; step < 40; ++step) {
      session.run(is_a ? train_a : train_b, {{is_a ? input_a : input_b, batch(is_a ? pixels : negatives, step)},
                                             {labels, images.labels_of(step * 50, 50)}});
    }
    const v1::Fetched after = session.run(watched, feeds);
    const double shared = distance(before[0], after[0]), head = distance(before[1], after[1]);
    const double output = distance(before[2], after[2]);
    std::printf("Turn %d trains model %c: fc1 moved by %.4f, the other model's head by %g, its outputs by %.4f\n", turn,
                is_a ? 'a' : 'b', shared, head, output);
    moves_under_both = moves_under_both && shared > 0 && output > 0;
    heads_stay = heads_stay && head == 0;
  }
  claim("training one model moves fc1, and with it the other model's outputs", moves_under_both);
  claim("the other model's own layer stays as it is", heads_stay);

  const double last_a = loss_on_all(loss_a, input_a, pixels), last_b = loss_on_all(loss_b, input_b, negatives);
  std::printf("%s: loss of model a %.3f to %.3f, of model b %.3f to %.3f\n", images.source.c_str(), first_a, last_a,
              first_b, last_b);
  claim("both have learnt", last_a < 0.8 * first_a && last_b < 0.8 * first_b);
}

}  // namespace

int main() { return run_with_claims("shared_first_layer", program); }
