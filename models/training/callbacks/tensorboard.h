#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "models/training/callbacks/callback.h"

namespace cornu::io {
class EventWriter;
}

namespace cornu::callbacks {

/// When TensorBoard writes figures besides those of each epoch: "epoch" (never), "batch", or every so many batches.
class UpdateFrequency {
 public:
  /// **Throws** InvalidArgument for another word.
  UpdateFrequency(const std::string& word);
  UpdateFrequency(const char* word) : UpdateFrequency(std::string(word)) {}
  /// **Throws** InvalidArgument unless it is positive.
  UpdateFrequency(std::int64_t batches);
  UpdateFrequency(int batches) : UpdateFrequency(static_cast<std::int64_t>(batches)) {}

  /// Whether it is the turn of this batch, counted from 1.
  bool includes(std::int64_t batch) const { return batches_ > 0 && batch % batches_ == 0; }

 private:
  std::int64_t batches_ = 0;
};

/// Options of TensorBoard, in Keras' order.
struct TensorBoardOptions {
  std::string log_dir = "logs";
  std::int64_t histogram_freq = 0;      ///< epochs between histograms of the weights; 0 for none
  bool write_graph = true;              ///< the model, for the Graphs page
  bool write_images = false;            ///< with the histograms, the weights as images
  bool write_steps_per_second = false;  ///< how fast it trains, for each epoch and, with `update_freq`, for batches
  UpdateFrequency update_freq = "epoch";
};

/// What TensorBoard makes.
class TensorBoardCallback final : public Callback {
 public:
  explicit TensorBoardCallback(TensorBoardOptions options);
  ~TensorBoardCallback() override;
  void on_train_begin() override;
  void on_train_end(const Logs& logs) override;
  void on_epoch_begin(std::int64_t epoch) override;
  void on_epoch_end(std::int64_t epoch, Logs& logs) override;
  void on_train_batch_begin(std::int64_t batch) override;
  void on_train_batch_end(std::int64_t batch, const Logs& logs) override;
  void on_test_end(const Logs& logs) override;

 private:
  io::EventWriter& train();
  io::EventWriter& validation();
  void write_graph();
  void write_weights(std::int64_t epoch);
  void close();

  TensorBoardOptions options_;
  std::unique_ptr<io::EventWriter> train_;
  std::unique_ptr<io::EventWriter> validation_;
  bool trains_ = false;
  bool graph_is_due_ = false;
  std::int64_t batch_ = 0;  ///< of the whole fit, from 1
  std::int64_t iterations_before_epoch_ = 0;
  double epoch_began_ = 0;  ///< seconds
  double batch_began_ = 0;
};

/// Writes what TensorBoard shows, without TensorFlow: `tensorboard --logdir logs`.
///
/// Into `log_dir/train` and `log_dir/validation`, by Keras' names: `epoch_loss` and the other figures of each epoch,
/// `epoch_learning_rate`; `batch_loss` by `update_freq`; `evaluation_loss_vs_iterations`; the weights' histograms and
/// images by their paths. The graph has a node for each layer and each variable, shared ones once with an edge for each
/// use. The files are up to date after each epoch.
///
/// Other than in Keras the graph is that of the model, not of the compiled step, figures of an epoch are written
/// whatever `update_freq` is, and there is no profile and no embedding projector.
///
/// **Throws** FormatError when the files cannot be written, InvalidArgument for a negative `histogram_freq`.
/// **See**: `keras.callbacks.TensorBoard`.
///
/// ```cpp
/// model.fit(x, y, {.epochs = 5, .callbacks = {callbacks::TensorBoard({.log_dir = "logs", .histogram_freq = 1})}});
/// ```
class TensorBoard : public std::shared_ptr<TensorBoardCallback> {
 public:
  explicit TensorBoard(const TensorBoardOptions& options = {})
      : shared_ptr(std::make_shared<TensorBoardCallback>(options)) {}
};

}  // namespace cornu::callbacks
