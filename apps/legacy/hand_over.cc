// A program of the old style moves: its scopes are handed over as Keras layers with what they learnt, saved to HDF5,
// and loaded into a model written in Keras' style, which gives the same outputs.
//
//   hand_over [FILE.weights.h5]

#include <cornu/cornu.h>

#include <iostream>

#include "apps/legacy/claims.h"
#include "apps/legacy/images.h"

using namespace cornu;

namespace {

v1::Tensor loss_of(const v1::Tensor& logits, const v1::Tensor& labels) {
  return v1::reduce_mean(v1::nn::sparse_softmax_cross_entropy_with_logits(labels, logits));
}

double distance(const Tensor& a, const Tensor& b) { return ops::max(ops::absolute(a - b)).item(); }

// The old program once more, in Keras' style: the same layers by name, shared by instance.
Model two_models() {
  const layers::Dense fc1(64, {.activation = "relu", .name = "fc1"});
  const layers::Dense fc2(10, {.name = "fc2"}), fc3(10, {.name = "fc3"});
  const Tensor input_a = layers::Input({784}, {.name = "input_a"}), input_b = layers::Input({784}, {.name = "input_b"});
  return Model({input_a, input_b}, {fc2(fc1(input_a)), fc3(fc1(input_b))}, {.name = "two_models"});
}

void program(Claims& claim, const std::string& path) {
  // 1. The old program: fc1 is shared by its name.
  v1::set_random_seed(1);
  const v1::Tensor input_a = v1::placeholder(float32, Shape{kUnknown, 784}, "input_a");
  const v1::Tensor input_b = v1::placeholder(float32, Shape{kUnknown, 784}, "input_b");
  const v1::Tensor labels = v1::placeholder(int64, Shape{kUnknown}, "labels");
  const auto fc1 = [](const v1::Tensor& x) {
    return v1::layers::dense(x, 64, {.activation = "relu", .name = "fc1", .reuse = v1::AUTO_REUSE});
  };
  const v1::Tensor output_a = v1::layers::dense(fc1(input_a), 10, {.name = "fc2"});
  const v1::Tensor output_b = v1::layers::dense(fc1(input_b), 10, {.name = "fc3"});
  const v1::Operation train =
      v1::train::GradientDescentOptimizer(0.1).minimize(loss_of(output_a, labels) + loss_of(output_b, labels));

  const Images images = load_images(1000);
  const Tensor pixels = ops::reshape(images.pixels, {1000, 784});
  v1::Session session;
  session.run(v1::global_variables_initializer());
  for (int step = 0; step < 60; ++step) {
    const Tensor batch = ops::slice(pixels, {step % 20 * 50, 0}, {50, 784});
    session.run(train, {{input_a, batch}, {input_b, 1.0 - batch}, {labels, images.labels_of(step % 20 * 50, 50)}});
  }
  const v1::Fetched old = session.run({output_a, output_b}, {{input_a, pixels}, {input_b, 1.0 - pixels}});

  // 2. Its scopes are layers.
  std::cout << v1::migration_report() << "\n";
  session.hand_over_to_layers();
  const AnyLayer first = v1::scope_layer("fc1"), second = v1::scope_layer("fc2"), third = v1::scope_layer("fc3");

  // 3. They make a Keras model, which is saved.
  const Tensor a = layers::Input({784}, {.name = "input_a"}), b = layers::Input({784}, {.name = "input_b"});
  const Model handed_over({a, b}, {second(first(a)), third(first(b))}, {.name = "handed_over"});
  handed_over.save_weights(path);
  std::cout << handed_over.sharing().to_string() << "\n";

  // 4. A program in Keras' style loads them.
  const Model model = two_models();
  model.load_weights(path);
  const Outputs now = model.predict({pixels, 1.0 - pixels});
  const double difference = std::max(distance(old[0], now[0]), distance(old[1], now[1]));
  std::printf("%s: outputs of 1000 images differ by %.1e at most, after %s\n", images.source.c_str(), difference,
              path.c_str());
  claim("the model gives what the session gave", difference < 1e-4);
  claim("what was shared by name is shared by instance",
        model.weights().size() == 6 && handed_over.weights().size() == 6);

  // 5. It goes on learning as a Keras model.
  model.compile({.optimizer = "adam",
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = std::vector<MetricList>{{"accuracy"}, {"accuracy"}}});
  const ModelData x{pixels, 1.0 - pixels}, y{images.labels, images.labels};
  const double before = model.evaluate(x, y).at("loss");
  model.fit(x, y, {.batch_size = 50, .epochs = 2, .verbose = Verbose::kSilent});
  const double after = model.evaluate(x, y).at("loss");
  std::printf("Loss of both models: %.3f handed over, %.3f after two more epochs\n", before, after);
  claim("the model goes on learning", after < before);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "two_models.weights.h5";
  return run_with_claims("hand_over", [&](Claims& claim) { program(claim, path); });
}
