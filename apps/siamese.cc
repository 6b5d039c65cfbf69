// A siamese network on Fashion-MNIST: one tower, called on two images, learns an embedding in which images of one class
// lie close together. Its weights go to Keras' HDF5, and come back with `--load FILE` in another process. `--logs DIR`
// is for `tensorboard --logdir DIR`.
//
//   siamese [--data DIR] [--epochs N] [--pairs N] [--save FILE] [--load FILE] [--logs DIR] [--small] [--device gpu:0]

#include <cornu/cornu.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

using namespace cornu;
using namespace cornu::layers;

namespace {

struct Arguments {
  std::string data = "/usr/share/datasets/fashion-mnist";
  std::string save = "siamese.weights.h5";
  std::string load;
  std::string logs;
  std::int64_t epochs = 4;
  std::int64_t pairs = 60000;
  std::int64_t neighbours = 60000;
  std::int64_t test_images = 10000;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const bool has_value = i + 1 < argc;
    if (option == "--small") {
      arguments.epochs = 1;
      arguments.pairs = 4000;
      arguments.neighbours = 10000;
      arguments.test_images = 500;
    } else if (option == "--data" && has_value) {
      arguments.data = argv[++i];
    } else if (option == "--save" && has_value) {
      arguments.save = argv[++i];
    } else if (option == "--load" && has_value) {
      arguments.load = argv[++i];
    } else if (option == "--logs" && has_value) {
      arguments.logs = argv[++i];
    } else if (option == "--device" && has_value) {
      set_default_device(argv[++i]);
    } else if (option == "--epochs" && has_value) {
      arguments.epochs = std::stoll(argv[++i]);
    } else if (option == "--pairs" && has_value) {
      arguments.pairs = std::stoll(argv[++i]);
    } else {
      throw InvalidArgument("unknown option '" + option + "'; the first lines of apps/siamese.cc list them");
    }
  }
  return arguments;
}

Tensor images_of(const std::string& path) {
  return ops::cast(ops::expand_dims(io::read_idx(path), -1), float32) / 255.0;
}

// The share of test images whose five nearest neighbours among the training images vote for the right class.
double nearest_neighbour_accuracy(const Tensor& train, const std::vector<int>& train_labels, const Tensor& test,
                                  const std::vector<int>& test_labels) {
  constexpr std::int64_t kNeighbours = 5;
  constexpr std::int64_t kChunk = 500;
  const Tensor train_norms = ops::sum(ops::square(train), {.axis = -1});
  std::vector<std::size_t> order(train_labels.size());
  std::int64_t hits = 0;
  for (std::int64_t first = 0; first < test.shape()[0]; first += kChunk) {
    const std::int64_t rows = std::min(kChunk, test.shape()[0] - first);
    const Tensor chunk = ops::slice(test, {first, 0}, {rows, test.shape()[1]});
    // |a - b|² without |a|², which is the same for all neighbours of a.
    const Tensor distances = train_norms - ops::matmul(chunk, train, {.transpose_y = true}) * 2.0;
    const float* own = distances.data<float>().data();
    for (std::int64_t row = first; row < first + rows; ++row, own += train_labels.size()) {
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::nth_element(order.begin(), order.begin() + kNeighbours, order.end(),
                       [own](std::size_t a, std::size_t b) { return own[a] < own[b]; });
      std::vector<int> votes(10, 0);
      for (std::int64_t k = 0; k < kNeighbours; ++k) {
        ++votes[static_cast<std::size_t>(train_labels[order[static_cast<std::size_t>(k)]])];
      }
      hits +=
          std::max_element(votes.begin(), votes.end()) - votes.begin() == test_labels[static_cast<std::size_t>(row)];
    }
  }
  return static_cast<double>(hits) / static_cast<double>(test.shape()[0]);
}

void run(const Arguments& arguments) {
  const Tensor images = images_of(arguments.data + "/train-images-idx3-ubyte.gz");
  const Tensor labels = io::read_idx(arguments.data + "/train-labels-idx1-ubyte.gz");
  const Tensor test_images = ops::slice(images_of(arguments.data + "/t10k-images-idx3-ubyte.gz"), {0, 0, 0, 0},
                                        {arguments.test_images, 28, 28, 1});
  const Tensor test_labels = io::read_idx(arguments.data + "/t10k-labels-idx1-ubyte.gz");

  // One tower, called twice: both calls use the same weights.
  set_random_seed(7);
  Sequential tower({Conv2D(32, {3, 3}, {.padding = "same", .activation = "relu"}), MaxPooling2D({2, 2}),
                    Conv2D(64, {3, 3}, {.padding = "same", .activation = "relu"}), MaxPooling2D({2, 2}), Flatten(),
                    Dense(128, {.activation = "relu"}), Dense(64)},
                   {.name = "tower"});
  const Tensor left = Input({28, 28, 1}, {.name = "left"});
  const Tensor right = Input({28, 28, 1}, {.name = "right"});
  const Tensor distance = L2Distance()({tower(left), tower(right)});
  const Model siamese({left, right}, distance, {.name = "siamese"});

  if (arguments.load.empty()) {
    std::cout << siamese.summary() << std::endl;
    const Batch pairs = make_pairs(images, labels, arguments.pairs, 1);
    siamese.compile(
        {.optimizer = optimizers::Adam({.learning_rate = 1e-3}), .loss = losses::Contrastive({.margin = 1.0})});
    std::vector<CallbackPtr> watching;
    if (!arguments.logs.empty()) {
      watching.push_back(callbacks::TensorBoard({.log_dir = arguments.logs, .histogram_freq = 1, .update_freq = 10}));
    }
    siamese.fit({pairs.x[0], pairs.x[1]}, pairs.y[0],
                {.batch_size = 128, .epochs = arguments.epochs, .callbacks = watching});
    siamese.save_weights(arguments.save);
    std::cout << "Weights saved to " << arguments.save << "\n";
  } else {
    siamese.load_weights(arguments.load);
    std::cout << "Weights loaded from " << arguments.load << "\n";
  }
  const Tensor neighbours = ops::slice(images, {0, 0, 0, 0}, {arguments.neighbours, 28, 28, 1});
  const Tensor neighbour_labels = ops::slice(labels, {0}, {arguments.neighbours});
  const double accuracy =
      nearest_neighbour_accuracy(tower.predict(neighbours, {.batch_size = 500}), neighbour_labels.to_vector<int>(),
                                 tower.predict(test_images, {.batch_size = 500}), test_labels.to_vector<int>());
  std::printf("Accuracy of 5 nearest neighbours on %lld test images: %.4f\n",
              static_cast<long long>(arguments.test_images), accuracy);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "siamese: " << error.what() << "\n";
    return 1;
  }
}
