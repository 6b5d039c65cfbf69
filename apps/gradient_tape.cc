// Training by hand: a loop with GradientTape and an optimizer, values that can be printed at every point, and
// derivatives of derivatives.
//
//   gradient_tape [--small]

#include <cornu/cornu.h>

#include <cstdio>
#include <iostream>
#include <string>

using namespace cornu;
using namespace cornu::layers;

namespace {

// d²/dx² of x³ is 6 x: the outer tape records how the inner one found the first derivative.
void second_derivative() {
  const Tensor x = Tensor::copy({1.0F, 2.0F, 3.0F}, {3});
  GradientTape outer;
  Tensor first;
  {
    GradientTape inner;
    const Tensor y = x * x * x;
    first = inner.gradient(y, x);
  }
  const Tensor second = outer.gradient(first, x);
  std::cout << "x  = " << x.to_string() << "\ny' = " << first.to_string() << "\ny''= " << second.to_string() << "\n";
}

// Learns y = x1 x2 from samples.
void loop_by_hand(std::int64_t steps) {
  set_random_seed(5);
  SeedGenerator seeds(5);
  Sequential model({Dense(32, {.activation = "tanh"}), Dense(1)}, {.name = "product", .input_shape = Shape{2}});
  const Optimizer optimizer = optimizers::Adam({.learning_rate = 1e-2});
  const std::vector<Weight> weights = model->all_weights(true);
  optimizer->build(weights);

  for (std::int64_t step = 0; step < steps; ++step) {
    const Tensor x = ops::random_uniform({128, 2}, seeds.next(), -1.0, 1.0);
    const Tensor y = ops::prod(x, {.axis = -1, .keepdims = true});
    GradientTape tape;
    const Tensor loss = ops::mean(ops::square(model(x) - y));
    const Tensors gradients = tape.gradient(loss, model.trainable_variables());
    optimizer->apply(gradients, weights);
    if (step % (steps / 4) == 0 || step == steps - 1) {
      std::printf("step %lld: loss %.5f, norm of the first gradient %.4f\n", static_cast<long long>(step), loss.item(),
                  ops::norm(gradients[0]).item());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    second_derivative();
    loop_by_hand(argc > 1 && std::string(argv[1]) == "--small" ? 400 : 4000);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "gradient_tape: " << error.what() << "\n";
    return 1;
  }
}
