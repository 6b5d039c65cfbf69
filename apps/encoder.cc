// A layer of one's own in a tower that is called twice: the example of README.md, on random images. `--small` trains
// for a moment only.
//
//   encoder [--small]

#include <cornu/cornu.h>

#include <iostream>
#include <string>

using namespace cornu;
using namespace cornu::layers;

// A layer of one's own. The body is a Layer; the handle is what people hold, as a Python variable holds an instance.
class EncoderLayer : public Layer {
 public:
  EncoderLayer(std::int64_t units, Dense shared)
      : Layer("encoder"), fc1(units, {.activation = "relu", .name = "fc1"}), embedding(shared) {}
  Dense fc1;        // owned alone; tracked because it is a member
  Dense embedding;  // perhaps shared with another model

 protected:
  void build(const Shapes& inputs) override { gain_ = add_weight("gain", {inputs[0].back()}, {.initializer = "ones"}); }
  Outputs call(const Inputs& x, const CallContext& context) override {
    return embedding(ops::dropout(fc1(x[0] * gain_), 0.2, context));
  }

 private:
  Variable gain_;
};
using Encoder = Shared<EncoderLayer>;

int main(int argc, char** argv) try {
  const std::int64_t pairs = argc > 1 && std::string(argv[1]) == "--small" ? 256 : 4096;
  set_random_seed(7);
  SeedGenerator seeds(7);
  Tensor x_left = ops::random_uniform({pairs, 28, 28, 1}, seeds.next());
  Tensor x_right = ops::random_uniform({pairs, 28, 28, 1}, seeds.next());
  Tensor y = ops::cast(ops::random_bernoulli({pairs, 1}, seeds.next(), 0.5), float32);

  // One tower, called twice: both calls use the same weights.
  Sequential tower({Conv2D(32, {3, 3}, {.padding = "same", .activation = "relu"}), MaxPooling2D({2, 2}), Flatten(),
                    Encoder(128, Dense(32))},
                   {.name = "tower"});
  Tensor left = Input({28, 28, 1}), right = Input({28, 28, 1});
  Tensor distance = ops::norm(tower(left) - tower(right), {.axis = -1, .keepdims = true});
  Model siamese({left, right}, distance, {.name = "siamese"});

  siamese.compile(
      {.optimizer = optimizers::Adam({.learning_rate = 1e-3}), .loss = losses::Contrastive({.margin = 1.0})});
  History history = siamese.fit({x_left, x_right}, y, {.batch_size = 128, .epochs = 3});
  siamese.save_weights("encoder.weights.h5");  // Keras reads this file
  std::cout << "The loss fell from " << history["loss"].front() << " to " << history["loss"].back() << "\n";
  return 0;
} catch (const std::exception& error) {
  std::cerr << "encoder: " << error.what() << "\n";
  return 1;
}
