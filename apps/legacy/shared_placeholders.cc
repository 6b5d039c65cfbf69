// How can weights be shared across several placeholders? The same variables stand in each branch: a convolution and a
// dense layer for two images, trained until the branches agree; and a `cond` that chooses between shared weights and
// weights of each branch's own. The step is timed against that of the same network made of Keras layers.
//
//   shared_placeholders [STEPS]

#include <cornu/cornu.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "apps/legacy/claims.h"
#include "apps/legacy/images.h"

using namespace cornu;

namespace {

constexpr std::int64_t kBatch = 32;

double largest(const Tensor& x) { return ops::max(ops::absolute(x)).item(); }
double distance(const Tensor& a, const Tensor& b) { return largest(a - b); }

// Microseconds that a call takes.
template <typename F> double time_of(F&& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

void train_shared(Claims& claim, int steps) {
  v1::reset_default_graph();
  v1::set_random_seed(1);
  const v1::Tensor input1 = v1::placeholder(float32, Shape{kUnknown, 28, 28, 1});
  const v1::Tensor input2 = v1::placeholder(float32, Shape{kUnknown, 28, 28, 1});

  // The shared weights.
  const v1::Variable conv_weights = v1::get_variable(
      "conv_weights", {.shape = Shape{3, 3, 1, 32}, .initializer = v1::random_normal_initializer(0.0, 0.1)});
  const v1::Variable W = v1::get_variable(
      "shared_weights", {.shape = Shape{14 * 14 * 32, 5}, .initializer = v1::random_normal_initializer(0.0, 0.1)});
  const v1::Variable b = v1::get_variable("shared_biases", {.shape = Shape{5}, .initializer = v1::zeros_initializer()});

  // The branches.
  const auto branch = [&](const v1::Tensor& input) {
    const v1::Tensor conv = v1::nn::relu(v1::nn::conv2d(input, conv_weights, {1, 1, 1, 1}, "SAME"));
    const v1::Tensor pool = v1::nn::max_pool(conv, {1, 2, 2, 1}, {1, 2, 2, 1}, "SAME");
    return v1::matmul(v1::reshape(pool, {-1, 14 * 14 * 32}), W) + b;
  };
  const v1::Tensor output1 = branch(input1), output2 = branch(input2);
  const v1::Tensor loss = v1::reduce_mean(v1::square(output1 - output2));
  const v1::Operation train = v1::train::GradientDescentOptimizer(0.01).minimize(loss);

  v1::Session session;
  session.run(v1::global_variables_initializer());

  // The same network made of layers, which start with the same values.
  layers::Conv2D conv(32, {3, 3}, {.padding = "same", .activation = "relu", .use_bias = false});
  Sequential tower({conv, layers::MaxPooling2D({2, 2}), layers::Flatten(), layers::Dense(5)},
                   {.name = "tower", .input_shape = Shape{28, 28, 1}});
  const Tensor left = layers::Input({28, 28, 1}), right = layers::Input({28, 28, 1});
  const Model model({left, right}, layers::Subtract()({tower(left), tower(right)}));
  tower->set_weights({session.value_of(conv_weights), session.value_of(W), session.value_of(b)});
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.01}), .loss = "mse"});

  const Images images = load_images(1000);
  const Tensor zeros = ops::zeros({kBatch, 5});
  std::vector<double> losses, differences, session_times, model_times;
  for (int step = 0; step < steps; ++step) {
    const Tensor x1 = images.batch(step * kBatch, kBatch), x2 = images.batch(505 + step * kBatch, kBatch);
    double loss_value = 0, model_loss = 0;
    const auto in_session = [&] { loss_value = session.run({train, loss}, {{input1, x1}, {input2, x2}})[1].item(); };
    const auto in_model = [&] { model_loss = model.train_on_batch({x1, x2}, zeros).at("loss"); };
    model->reset_metrics();
    // In turns, since the first of the two finds new images.
    if (step % 2 == 0) session_times.push_back(time_of(in_session));
    model_times.push_back(time_of(in_model));
    if (step % 2 == 1) session_times.push_back(time_of(in_session));
    losses.push_back(loss_value);
    differences.push_back(std::abs(loss_value - model_loss) / loss_value);
  }
  std::printf("%s, %d steps: loss %.4f to %.4f\n", images.source.c_str(), steps, losses.front(), losses.back());
  claim("the branches come to agree", losses.back() < 0.5 * losses.front());
  claim("three variables serve both branches", v1::trainable_variables().size() == 3);
  const double apart = std::max(distance(session.value_of(W), tower->weights()[1].value()),
                                distance(session.value_of(conv_weights), tower->weights()[0].value()));
  std::printf("Against the same network of Keras layers: losses differ by %.1e of themselves, weights by %.1e\n",
              *std::max_element(differences.begin(), differences.end()), apart);
  claim("the layers learn the same", apart < 1e-4);
  const double session_time = median(session_times), model_time = median(model_times);
  std::printf("A step takes %.0f us in the session, %.0f us with train_on_batch: ratio %.3f\n", session_time,
              model_time, session_time / model_time);
}

void choose_weights(Claims& claim, int steps) {
  v1::reset_default_graph();
  v1::set_random_seed(1);
  const v1::Tensor input_a = v1::placeholder(float32, Shape{kUnknown, 10});
  const v1::Tensor input_b = v1::placeholder(float32, Shape{kUnknown, 10});
  const v1::Tensor use_shared_weights = v1::placeholder(boolean, Shape{}, "use_shared_weights");

  const v1::GetVariableOptions ten_by_five{.shape = Shape{10, 5}, .initializer = v1::random_normal_initializer()};
  const v1::Variable shared_weights = v1::get_variable("shared_weights", ten_by_five);
  const auto choose = [&](const std::string& name) {
    return v1::cond(
        use_shared_weights, [&]() -> v1::Tensor { return shared_weights; },
        [&]() -> v1::Tensor { return v1::get_variable(name, ten_by_five); });
  };
  const v1::Tensor weights_a = choose("weights_a"), weights_b = choose("weights_b");
  const v1::Tensor output_a = v1::matmul(input_a, weights_a), output_b = v1::matmul(input_b, weights_b);
  const v1::Tensor loss = v1::reduce_mean(v1::square(output_a - output_b));
  const v1::Operation train = v1::train::GradientDescentOptimizer(0.01).minimize(loss);

  v1::Session session;
  session.run(v1::global_variables_initializer());
  SeedGenerator seeds(1);
  const Tensor a = ops::random_normal({kBatch, 10}, seeds.next()), b = ops::random_normal({kBatch, 10}, seeds.next());
  const v1::Fetch all{"shared_weights:0", "weights_a:0", "weights_b:0"};
  for (const bool use_shared : {true, false}) {
    const v1::Feeds feeds{{input_a, a}, {input_b, b}, {use_shared_weights, Tensor(use_shared)}};
    const double first = session.run(loss, feeds).item();
    const v1::Fetched before = session.run(all);
    for (int step = 0; step < steps; ++step) session.run(train, feeds);
    const v1::Fetched after = session.run(all);
    double moved[3];
    for (int i = 0; i < 3; ++i) moved[i] = distance(before[i], after[i]);
    const double last = session.run(loss, feeds).item();
    std::printf("%s weights: loss %.3f to %.3f; moved: shared_weights %.3f, weights_a %.3f, weights_b %.3f\n",
                use_shared ? "Shared" : "Own", first, last, moved[0], moved[1], moved[2]);
    claim(use_shared ? "the shared weights alone are trained" : "each branch's own weights alone are trained",
          last < 0.5 * first && (moved[0] > 0) == use_shared && (moved[1] > 0) != use_shared &&
              (moved[2] > 0) != use_shared);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int steps = argc > 1 ? std::stoi(argv[1]) : 300;
  return run_with_claims("shared_placeholders", [steps](Claims& claim) {
    train_shared(claim, steps);
    choose_weights(claim, steps);
  });
}
