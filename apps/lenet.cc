// LeNet on Fashion-MNIST: `fit` with validation and callbacks, `evaluate`, and which classes it takes for one another.
//
//   lenet [--data DIR] [--epochs N] [--small] [--device gpu:0]

#include <cornu/cornu.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

using namespace cornu;
using namespace cornu::layers;

namespace {

struct Arguments {
  std::string data = "/usr/share/datasets/fashion-mnist";
  std::int64_t epochs = 10;
  std::int64_t train_images = 60000;
  std::int64_t test_images = 10000;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const bool has_value = i + 1 < argc;
    if (option == "--small") {
      arguments.epochs = 2;
      arguments.train_images = 6000;
      arguments.test_images = 1000;
    } else if (option == "--data" && has_value) {
      arguments.data = argv[++i];
    } else if (option == "--device" && has_value) {
      set_default_device(argv[++i]);
    } else if (option == "--epochs" && has_value) {
      arguments.epochs = std::stoll(argv[++i]);
    } else {
      throw InvalidArgument("unknown option '" + option + "'; the first lines of apps/lenet.cc list them");
    }
  }
  return arguments;
}

// The first images of a file, (count, 28, 28, 1) uint8, or as many labels, (count,).
Tensor first_images(const std::string& path, std::int64_t count) {
  return ops::expand_dims(ops::slice(io::read_idx(path), {0, 0, 0}, {count, -1, -1}), -1);
}
Tensor first_labels(const std::string& path, std::int64_t count) {
  return ops::slice(io::read_idx(path), {0}, {count});
}

void print_confusion(const Tensor& labels, const Tensor& scores) {
  static const std::vector<std::string> kNames = {"T-shirt", "Trouser", "Pullover", "Dress", "Coat",
                                                  "Sandal",  "Shirt",   "Sneaker",  "Bag",   "Boot"};
  const std::vector<std::int64_t> truth = labels.to_vector<std::int64_t>();
  const std::vector<std::int64_t> guess = ops::argmax(scores, {.axis = -1}).to_vector<std::int64_t>();
  std::vector<std::vector<int>> counts(10, std::vector<int>(10, 0));
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ++counts[static_cast<std::size_t>(truth[i])][static_cast<std::size_t>(guess[i])];
  }
  std::printf("\nRows: what it is; columns: what the network says.\n");
  for (std::size_t row = 0; row < counts.size(); ++row) {
    std::printf("%9s", kNames[row].c_str());
    for (int count : counts[row]) std::printf("%5d", count);
    std::printf("\n");
  }
}

void run(const Arguments& arguments) {
  const Tensor x = first_images(arguments.data + "/train-images-idx3-ubyte.gz", arguments.train_images);
  const Tensor y = first_labels(arguments.data + "/train-labels-idx1-ubyte.gz", arguments.train_images);
  const Tensor x_test = first_images(arguments.data + "/t10k-images-idx3-ubyte.gz", arguments.test_images);
  const Tensor y_test = first_labels(arguments.data + "/t10k-labels-idx1-ubyte.gz", arguments.test_images);

  set_random_seed(42);
  Sequential lenet({Rescaling(1.0 / 255.0), Conv2D(6, {5, 5}, {.padding = "same", .activation = "relu"}),
                    MaxPooling2D({2, 2}), Conv2D(16, {5, 5}, {.activation = "relu"}), MaxPooling2D({2, 2}), Flatten(),
                    Dense(120, {.activation = "relu"}), Dense(84, {.activation = "relu"}), Dense(10)},
                   {.name = "lenet", .input_shape = Shape{28, 28, 1}});
  std::cout << lenet.summary() << std::endl;

  lenet.compile({.optimizer = optimizers::Adam({.learning_rate = 2e-3}),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  const auto stop = callbacks::EarlyStopping({.patience = 2, .restore_best_weights = true});
  const auto slower = callbacks::LearningRateScheduler(
      {.schedule = [](std::int64_t epoch, double rate) { return epoch < 2 ? rate : rate * 0.7; }});
  lenet.fit(x, y,
            {.batch_size = 128, .epochs = arguments.epochs, .callbacks = {stop, slower}, .validation_split = 0.1});

  const Logs test = lenet.evaluate(x_test, y_test, {.batch_size = 500});
  std::printf("Test loss %.4f, accuracy %.4f\n", test.at("loss"), test.at("accuracy"));
  print_confusion(y_test, lenet.predict(x_test, {.batch_size = 500}));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    run(parse(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "lenet: " << error.what() << "\n";
    return 1;
  }
}
