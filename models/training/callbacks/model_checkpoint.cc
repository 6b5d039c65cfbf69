#include "models/training/callbacks/model_checkpoint.h"

#include <cstdio>
#include <filesystem>

#include "framework/error.h"
#include "models/training/callbacks/file_template.h"

namespace cornu::callbacks {

ModelCheckpointCallback::ModelCheckpointCallback(ModelCheckpointOptions options)
    : options_(std::move(options)),
      monitor_("ModelCheckpoint", options_.monitor, options_.mode, 0.0),
      best_(options_.initial_value_threshold) {
  if (!options_.save_weights_only) {
    throw Unsupported(
        "ModelCheckpoint: writes weights, not whole models; give .save_weights_only = true and a filepath that ends in "
        ".weights.h5");
  }
  if (!options_.filepath.ends_with(".weights.h5")) {
    throw InvalidArgument("ModelCheckpoint: with save_weights_only the filepath must end in .weights.h5; got \"" +
                          options_.filepath + '"');
  }
  if (options_.save_freq && *options_.save_freq < 1) {
    throw InvalidArgument("ModelCheckpoint: save_freq must be a positive number of batches; got " +
                          std::to_string(*options_.save_freq));
  }
}

void ModelCheckpointCallback::on_epoch_end(std::int64_t epoch, Logs& logs) {
  if (!options_.save_freq) save(epoch, std::nullopt, logs);
}

void ModelCheckpointCallback::on_train_batch_end(std::int64_t batch, const Logs& logs) {
  if (!options_.save_freq || ++batches_since_save_ < *options_.save_freq) return;
  batches_since_save_ = 0;
  save(epoch_, batch, logs);
}

bool ModelCheckpointCallback::is_wanted(std::int64_t epoch, const Logs& logs, const std::string& path) {
  const auto number = static_cast<long long>(epoch) + 1;
  const std::optional<double> current = options_.save_best_only ? monitor_.value(logs) : std::nullopt;
  if (!current) {
    if (options_.verbose > 0) std::printf("\nEpoch %lld: saving model to %s\n", number, path.c_str());
    return true;
  }
  const bool is_better = monitor_.improves(host(), *current, best_);
  if (options_.verbose > 0) {
    const std::string best = best_ ? std::to_string(*best_) : "None";
    if (is_better) {
      std::printf("\nEpoch %lld: %s improved from %s to %f, saving model to %s\n", number, options_.monitor.c_str(),
                  best.c_str(), *current, path.c_str());
    } else {
      std::printf("\nEpoch %lld: %s did not improve from %s\n", number, options_.monitor.c_str(), best.c_str());
    }
  }
  if (is_better) best_ = current;
  return is_better;
}

void ModelCheckpointCallback::save(std::int64_t epoch, std::optional<std::int64_t> batch, const Logs& logs) {
  if (batch) ++*batch;
  const std::string path = filled_template(options_.filepath, epoch + 1, batch, logs);
  if (!is_wanted(epoch, logs, path)) return;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  // What cannot be made is reported by whoever writes the file, with the path.
  std::error_code ignored;
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  host().save_weights(path);
}

}  // namespace cornu::callbacks
