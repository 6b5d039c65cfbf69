#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "models/training/callbacks/callback.h"

namespace cornu::callbacks {

/// Options of CSVLogger, in Keras' order.
struct CSVLoggerOptions {
  std::string filename = {};
  std::string separator = ",";
  bool append = false;  ///< to a file that is there, for a training that goes on
};

/// What CSVLogger makes.
class CSVLoggerCallback final : public Callback {
 public:
  explicit CSVLoggerCallback(CSVLoggerOptions options);
  void on_train_begin() override;
  void on_epoch_end(std::int64_t epoch, Logs& logs) override;
  void on_train_end(const Logs& logs) override;

 private:
  void write_row(const std::vector<std::string>& fields);

  CSVLoggerOptions options_;
  std::ofstream file_;
  std::vector<std::string> names_;
  bool has_header_ = false;
};

/// Writes the figures of each epoch as a line of a CSV file: `epoch`, then the figures by name.
///
/// Columns are those of the first epoch; without validation there are `val_` columns with "NA", as in Keras. Each
/// line is in the file when its epoch has ended. **Throws** FormatError when the file cannot be written.
/// **See**: `keras.callbacks.CSVLogger`.
class CSVLogger : public std::shared_ptr<CSVLoggerCallback> {
 public:
  explicit CSVLogger(const CSVLoggerOptions& options) : shared_ptr(std::make_shared<CSVLoggerCallback>(options)) {}
};

}  // namespace cornu::callbacks
