// A shared sub-graph: a convolutional feature extractor is applied to two image inputs, and each result goes into a
// head of its own. One says what it sees, the other how bright it is.

#include <cornu/cornu.h>

#include "apps/legacy/claims.h"
#include "apps/legacy/images.h"

using namespace cornu;

namespace {

v1::Tensor feature_extraction_subgraph(const v1::Tensor& input, bool reuse = false) {
  v1::VariableScope scope("feature_extractor", {.reuse = reuse});
  v1::Variable conv_weights, conv_bias;
  if (!reuse) {
    conv_weights = v1::get_variable("conv_weights", {.shape = Shape{3, 3, input.shape()[3], 32},
                                                     .initializer = v1::random_normal_initializer(0.0, 0.2)});
    conv_bias = v1::get_variable("conv_bias", {.shape = Shape{32}, .initializer = v1::zeros_initializer()});
  } else {
    conv_weights = v1::get_variable("conv_weights");
    conv_bias = v1::get_variable("conv_bias");
  }
  const v1::Tensor conv = v1::nn::conv2d(input, conv_weights, {1, 1, 1, 1}, "SAME");
  const v1::Tensor conv_plus_bias = v1::nn::bias_add(conv, conv_bias);
  return v1::nn::relu(conv_plus_bias);
}

// Images in colour, (count, 64, 64, 3).
Tensor in_colour(const Tensor& grey) {
  const Tensor large = ops::resize(grey, {64, 64});
  return ops::concatenate({large, ops::square(large), 1.0 - large}, -1);
}

void program(Claims& claim) {
  v1::set_random_seed(1);
  const v1::Tensor input_1 = v1::placeholder(float32, Shape{kUnknown, 64, 64, 3}, "input_1_data");
  const v1::Tensor input_2 = v1::placeholder(float32, Shape{kUnknown, 64, 64, 3}, "input_2_data");
  const v1::Tensor labels = v1::placeholder(int64, Shape{kUnknown}, "labels");
  const v1::Tensor brightness = v1::placeholder(float32, Shape{kUnknown, 1}, "brightness");

  const v1::Tensor features_1 = feature_extraction_subgraph(input_1);
  const v1::Tensor features_2 = feature_extraction_subgraph(input_2, true);

  // The heads: pooled features, and a layer for each.
  const v1::Tensor pooled_1 =
      v1::layers::flatten(v1::layers::max_pooling2d(features_1, {16, 16}, {16, 16}, {.name = "pool_1"}));
  const v1::Tensor logits = v1::layers::dense(pooled_1, 10, {.name = "what"});
  const v1::Tensor pooled_2 = v1::reduce_mean(features_2, {.axis = {{1, 2}}});
  const v1::Tensor estimate = v1::layers::dense(pooled_2, 1, {.name = "how_bright"});

  const v1::Tensor loss_1 = v1::reduce_mean(v1::nn::sparse_softmax_cross_entropy_with_logits(labels, logits));
  const v1::Tensor loss_2 = v1::reduce_mean(v1::square(estimate - brightness));
  const v1::Operation train = v1::train::AdamOptimizer(0.003).minimize(loss_1 + 10.0 * loss_2);

  const Images images = load_images(640);
  const auto feeds = [&](int step) {
    const Tensor what = in_colour(images.batch(step * 16, 16));
    const Tensor how_bright = in_colour(images.batch(320 + step * 16 % 300, 16) * 0.5);
    const Tensor mean = ops::mean(ops::slice(how_bright, {0, 0, 0, 0}, {16, 64, 64, 1}), {.axis = {{1, 2}}});
    return v1::Feeds{
        {input_1, what}, {input_2, how_bright}, {labels, images.labels_of(step * 16, 16)}, {brightness, mean}};
  };

  v1::Session session;
  session.run(v1::global_variables_initializer());
  const v1::Fetched out = session.run({features_1, features_2}, feeds(0));
  std::printf("Features: %s and %s\n", out[0].tensor().shape().to_string().c_str(),
              out[1].tensor().shape().to_string().c_str());
  claim("shapes are kept by SAME", out[0].tensor().shape() == Shape({16, 64, 64, 32}));

  const Tensor image = in_colour(images.batch(0, 16));
  const v1::Fetched same = session.run({features_1, features_2}, {{input_1, image}, {input_2, image}});
  claim("the same image gives the same features on either side",
        ops::max(ops::absolute(same[0].tensor() - same[1].tensor())).item() == 0.0);
  claim("one kernel and one bias extract features for both heads",
        v1::trainable_variables("feature_extractor").size() == 2 && v1::trainable_variables().size() == 6);

  double first[2] = {}, last[2] = {};
  constexpr int kSteps = 60;
  for (int step = 0; step < kSteps; ++step) {
    const v1::Fetched run = session.run({train, loss_1, loss_2}, feeds(step));
    for (int i = 0; i < 2; ++i) {
      if (step < 5) first[i] += run[i + 1].item() / 5;
      if (step >= kSteps - 5) last[i] += run[i + 1].item() / 5;
    }
  }
  std::printf("%s, %d steps: what %.3f to %.3f, how bright %.4f to %.4f\n", images.source.c_str(), kSteps, first[0],
              last[0], first[1], last[1]);
  claim("both heads learn through the shared features", last[0] < 0.8 * first[0] && last[1] < 0.5 * first[1]);
}

}  // namespace

int main() { return run_with_claims("feature_extractor", program); }
