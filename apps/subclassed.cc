// A model of one's own class: a layer with weights, a model that calls it, and a train_step that replaces Keras'. It
// learns to take noise off waves, is saved, and loaded into another instance, which predicts the same.
//
//   subclassed [--small] [--save FILE]

#include <cornu/cornu.h>

#include <cstdio>
#include <iostream>
#include <string>

using namespace cornu;
using namespace cornu::layers;

namespace {

// y = x + scale * mlp(x): starts close to the identity.
class ResidualLayer : public Layer {
 public:
  explicit ResidualLayer(std::int64_t units)
      : Layer("residual"), units_(units), hidden_(units, {.activation = "gelu", .name = "hidden"}) {}

 protected:
  void build(const Shapes& inputs) override {
    project_ = add_weight("project", {units_, inputs[0].back()});
    scale_ = add_weight("scale", {inputs[0].back()}, {.initializer = "ones"});
  }
  Outputs call(const Inputs& x, const CallContext&) override {
    return x[0] + scale_ * ops::matmul(hidden_(x[0]), project_);
  }

 private:
  std::int64_t units_;
  Dense hidden_;
  Variable project_;
  Variable scale_;
};
using Residual = Shared<ResidualLayer>;

// Takes noise off signals; while it trains it makes the noise itself.
class DenoiserModel : public ModelLayer {
 public:
  explicit DenoiserModel(double noise) : ModelLayer("denoiser"), noise_(noise) {
    add_seed_state(7);
    for (int i = 0; i < 2; ++i) blocks_.push_back(Residual(64));
  }

  // A step of one's own: ops, tapes and variables all work here, and `fit` compiles it as it does Keras'.
  StepLogs train_step(const StepData& data) override {
    const Tensor noisy = data.x[0] + ops::random_normal_like(data.x[0], next_random_state(), 0.0, noise_);
    GradientTape tape;
    const Tensor clean = (*this)(noisy, {.training = true});
    const Tensor loss = ops::mean(ops::square(clean - data.x[0]));
    const std::vector<Weight> weights = all_weights(true);
    Variables variables;
    for (const Weight& weight : weights) variables.push_back(weight.variable);
    optimizer()->apply(tape.gradient(loss, variables), weights);
    return {{"loss", loss}, {"noise_left", ops::sqrt(loss)}};
  }

 protected:
  Outputs call(const Inputs& x, const CallContext&) override {
    Tensor y = x[0];
    for (std::size_t i = 0; i < blocks_.size(); ++i) y = blocks_[i](y);
    return y;
  }

 private:
  double noise_;
  LayerList blocks_{"blocks"};
};
using Denoiser = SharedModel<DenoiserModel>;

// Sine waves of random frequency and phase, (count, 32).
Tensor waves(std::int64_t count, SeedGenerator& seeds) {
  const Tensor time = ops::expand_dims(ops::cast(ops::arange(32), float32), 0) / 32.0;
  const Tensor frequency = ops::random_uniform({count, 1}, seeds.next(), 3.0, 9.0);
  return ops::sin(time * frequency + ops::random_uniform({count, 1}, seeds.next(), 0.0, 6.28));
}

double root_mean_square(const Tensor& x) { return ops::sqrt(ops::mean(ops::square(x))).item(); }

void run(bool small, const std::string& path) {
  set_random_seed(3);
  SeedGenerator seeds(3);
  const Tensor train = waves(small ? 2048 : 32768, seeds);
  const Tensor test = waves(512, seeds);
  const Tensor noisy = test + ops::random_normal(test.shape(), seeds.next(), 0.0, 0.3);

  Denoiser model(0.3);
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 2e-3})});
  model.fit(train, {}, {.batch_size = 64, .epochs = small ? 5 : 20});
  const Tensor clean = model.predict(noisy);
  std::printf("Noise before: %.4f, after: %.4f\n", root_mean_square(noisy - test), root_mean_square(clean - test));

  model.save_weights(path);
  Denoiser reloaded(0.3);
  reloaded->build_for({test.shape()});
  reloaded.load_weights(path);
  const Tensor again = reloaded.predict(noisy);
  std::printf("Loaded from %s: greatest difference %g\n", path.c_str(), ops::max(ops::absolute(again - clean)).item());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    bool small = false;
    std::string path = "denoiser.weights.h5";
    for (int i = 1; i < argc; ++i) {
      if (std::string(argv[i]) == "--small") small = true;
      if (std::string(argv[i]) == "--save" && i + 1 < argc) path = argv[++i];
    }
    run(small, path);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "subclassed: " << error.what() << "\n";
    return 1;
  }
}
