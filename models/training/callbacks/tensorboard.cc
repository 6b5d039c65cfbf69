#include "models/training/callbacks/tensorboard.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "io/event_file.h"

namespace cornu::callbacks {
namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A figure that is a vector gives a curve for each element.
void write_figure(io::EventWriter& writer, const std::string& tag, const std::vector<double>& values,
                  std::int64_t step) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    writer.write_scalar(values.size() == 1 ? tag : tag + "_" + std::to_string(i), values[i], step);
  }
}

// Where a name stands in the figures of a validation, without the "val_".
std::optional<std::string> validation_name(const std::string& name) {
  if (!name.starts_with("val_")) return {};
  return name.substr(4);
}

// A weight as images, (count, height, width, channels), as Keras arranges them: a vector as a line, a matrix lying, of
// a kernel with one input or output channel each of the others. Nothing where that is no image.
std::optional<Tensor> as_images(const Tensor& weight) {
  if (!is_floating(weight.dtype())) return {};
  Shape shape;
  for (const std::int64_t size : weight.shape()) {
    if (size != 1) shape.push_back(size);
  }
  Tensor image = ops::reshape(weight, shape);
  if (shape.rank() == 1) {
    image = ops::reshape(image, {1, shape[0], 1, 1});
  } else if (shape.rank() == 2) {
    if (shape[0] > shape[1]) image = ops::transpose(image);
    image = ops::reshape(image, {1, image.shape()[0], image.shape()[1], 1});
  } else if (shape.rank() == 3) {
    image = ops::reshape(ops::transpose(image, {2, 0, 1}), {shape[2], shape[0], shape[1], 1});
  }
  if (image.rank() != 4 || image.num_elements() == 0) return {};
  const std::int64_t channels = image.shape()[3];
  if (channels != 1 && channels != 3 && channels != 4) return {};
  return image;
}

}  // namespace

UpdateFrequency::UpdateFrequency(const std::string& word) : batches_(word == "batch" ? 1 : 0) {
  if (word == "batch" || word == "epoch") return;
  throw InvalidArgument("TensorBoard: update_freq must be \"epoch\", \"batch\" or a number of batches; got \"" + word +
                        '"');
}

UpdateFrequency::UpdateFrequency(std::int64_t batches) : batches_(batches) {
  if (batches > 0) return;
  throw InvalidArgument("TensorBoard: update_freq must be \"epoch\", \"batch\" or a positive number of batches; got " +
                        std::to_string(batches));
}

TensorBoardCallback::TensorBoardCallback(TensorBoardOptions options) : options_(std::move(options)) {
  if (options_.histogram_freq < 0) {
    throw InvalidArgument("TensorBoard: histogram_freq must be a number of epochs, or 0 for no histograms; got " +
                          std::to_string(options_.histogram_freq));
  }
}

TensorBoardCallback::~TensorBoardCallback() = default;

io::EventWriter& TensorBoardCallback::train() {
  const std::filesystem::path folder = options_.log_dir;
  if (!train_) train_ = std::make_unique<io::EventWriter>((folder / "train").string());
  return *train_;
}

io::EventWriter& TensorBoardCallback::validation() {
  const std::filesystem::path folder = options_.log_dir;
  if (!validation_) validation_ = std::make_unique<io::EventWriter>((folder / "validation").string());
  return *validation_;
}

void TensorBoardCallback::close() {
  if (train_) train_->close();
  if (validation_) validation_->close();
  train_.reset();
  validation_.reset();
}

void TensorBoardCallback::on_train_begin() {
  trains_ = true;
  graph_is_due_ = options_.write_graph;
  batch_ = 0;
  train();  // a folder that cannot be made is said before the training, not after its first epoch
}

void TensorBoardCallback::on_train_end(const Logs& /*logs*/) {
  trains_ = false;
  close();
}

void TensorBoardCallback::on_epoch_begin(std::int64_t /*epoch*/) {
  iterations_before_epoch_ = host().iterations();
  epoch_began_ = seconds_now();
}

void TensorBoardCallback::on_train_batch_begin(std::int64_t /*batch*/) {
  ++batch_;
  batch_began_ = seconds_now();
}

void TensorBoardCallback::on_train_batch_end(std::int64_t /*batch*/, const Logs& logs) {
  // Only now all layers are built for sure.
  if (graph_is_due_) write_graph();
  graph_is_due_ = false;
  if (!options_.update_freq.includes(batch_)) return;
  if (options_.write_steps_per_second) {
    train().write_scalar("batch_steps_per_second", 1.0 / (seconds_now() - batch_began_), batch_);
  }
  for (const auto& [name, values] : logs) write_figure(train(), "batch_" + name, values, batch_);
}

void TensorBoardCallback::on_test_end(const Logs& logs) {
  const std::int64_t iterations = host().iterations();
  for (const auto& [name, values] : logs) {
    write_figure(validation(), "evaluation_" + name + "_vs_iterations", values, iterations);
  }
  if (!trains_) close();
}

void TensorBoardCallback::on_epoch_end(std::int64_t epoch, Logs& logs) {
  for (const auto& [name, values] : logs) {
    const std::optional<std::string> of_validation = validation_name(name);
    write_figure(of_validation ? validation() : train(), "epoch_" + of_validation.value_or(name), values, epoch);
  }
  if (!logs.contains("learning_rate")) train().write_scalar("epoch_learning_rate", host().learning_rate(), epoch);
  if (options_.write_steps_per_second) {
    const auto steps = static_cast<double>(host().iterations() - iterations_before_epoch_);
    train().write_scalar("epoch_steps_per_second", steps / (seconds_now() - epoch_began_), epoch);
  }
  if (options_.histogram_freq > 0 && epoch % options_.histogram_freq == 0) write_weights(epoch);
  train().flush();
  if (validation_) validation_->flush();
}

void TensorBoardCallback::write_graph() {
  try {
    train().write_graph(host().graph());
  } catch (const FormatError&) {
    throw;
  } catch (const Error& error) {
    // A model that cannot be called on symbols can be trained all the same, with a train_step of its own.
    std::fprintf(stderr, "TensorBoard: the graph of the model is left out. %s\n", error.what());
  }
}

void TensorBoardCallback::write_weights(std::int64_t epoch) {
  for (const Variable& variable : host().weights()) {
    std::string path = variable.path();
    std::replace(path.begin(), path.end(), ':', '_');
    const Tensor value = variable.snapshot();
    train().write_histogram(path + "/histogram", value, epoch);
    if (!options_.write_images) continue;
    if (const std::optional<Tensor> images = as_images(value)) train().write_image(path + "/image", *images, epoch);
  }
}

}  // namespace cornu::callbacks
