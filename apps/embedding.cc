// cornu inside another program: a function over plain float arrays, without a copy of the data, called from two
// threads.
//
//   embedding [--small]

#include <cornu/cornu.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <span>
#include <string>
#include <thread>
#include <vector>

using namespace cornu;
using namespace cornu::layers;

namespace {

// What the rest of the program sees of the network: memory in, memory out.
class Scorer {
 public:
  static constexpr std::int64_t kFeatures = 16;
  static constexpr std::int64_t kClasses = 4;

  explicit Scorer(std::int64_t max_rows)
      : model_({Dense(64, {.activation = "relu"}), Dense(kClasses, {.activation = "softmax"})},
               {.name = "scorer", .input_shape = Shape{kFeatures}}) {
    model_->prepare({{max_rows, kFeatures}});  // compiled now, not at the first call
  }

  // Scores of rows of features; safe to call from several threads.
  void score(std::span<const float> features, std::span<float> scores) const {
    const std::int64_t rows = static_cast<std::int64_t>(features.size()) / kFeatures;
    const Tensor x = Tensor::view(features, {rows, kFeatures});  // the caller's memory, not a copy
    model_->predict_into(std::span<const Tensor>(&x, 1), std::span<const std::span<float>>(&scores, 1));
  }

 private:
  Sequential model_;
};

void run(std::int64_t calls) {
  constexpr std::int64_t kRows = 32;
  set_random_seed(11);
  const Scorer scorer(kRows);

  std::vector<float> features(kRows * Scorer::kFeatures);
  for (std::size_t i = 0; i < features.size(); ++i) features[i] = std::sin(static_cast<float>(i));
  std::vector<float> expected(kRows * Scorer::kClasses);
  scorer.score(features, expected);

  std::vector<std::int64_t> wrong(2, 0);
  std::vector<std::thread> threads;
  threads.reserve(wrong.size());
  for (std::int64_t& count : wrong) {
    threads.emplace_back([&scorer, &features, &expected, &count, calls] {
      std::vector<float> scores(expected.size());
      for (std::int64_t call = 0; call < calls; ++call) {
        scorer.score(features, scores);
        count += !std::equal(scores.begin(), scores.end(), expected.begin());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::printf("Scores of the first row: %.4f %.4f %.4f %.4f\n", static_cast<double>(expected[0]),
              static_cast<double>(expected[1]), static_cast<double>(expected[2]), static_cast<double>(expected[3]));
  std::printf("2 threads, %lld calls each: %lld differed\n", static_cast<long long>(calls),
              static_cast<long long>(wrong[0]) + wrong[1]);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(argc > 1 && std::string(argv[1]) == "--small" ? 200 : 20000);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "embedding: " << error.what() << "\n";
    return 1;
  }
}
