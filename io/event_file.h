#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "framework/tensor.h"
#include "io/graph_description.h"

namespace cornu::io {

/// Writes what TensorBoard shows: `tensorboard --logdir=FOLDER`.
///
/// The file, `events.out.tfevents.<seconds>.<host>`, is made with the first event. Events wait in memory; `flush`
/// writes them, as do `close`, the destructor, and the next event once there is a megabyte of them or the first has
/// waited for two minutes. A file that a crash cut short is read up to there.
///
/// ```cpp
/// EventWriter writer("logs/train");
/// writer.write_scalar("epoch_loss", 0.25, 0);
/// writer.close();
/// ```
/// **Throws** FormatError, naming the file, when the folder cannot be made or the file cannot be written; StateError
/// for an event after `close`. **See**: `tf.summary.create_file_writer`, whose summaries these are.
class EventWriter {
 public:
  /// Makes the folder and those above it.
  explicit EventWriter(const std::string& folder);
  EventWriter(const EventWriter&) = delete;
  EventWriter& operator=(const EventWriter&) = delete;
  /// Closes; what then fails is lost. Who wants to know calls `close`.
  ~EventWriter();

  /// Readers show the last graph of a file.
  void write_graph(const GraphDescription& graph);

  void write_scalar(const std::string& tag, double value, std::int64_t step);

  /// How the values of a tensor of any shape and numeric dtype are spread, in 30 buckets (`histogram.h`).
  void write_histogram(const std::string& tag, const Tensor& values, std::int64_t step);

  /// `images`: `(count, height, width, channels)` with 1 to 4 channels, uint8, or floating from 0 to 1 (what lies
  /// outside is clipped). As in TensorFlow the first three are kept. **Throws** ShapeError, DTypeError.
  void write_image(const std::string& tag, const Tensor& images, std::int64_t step);

  /// Markdown, shown as such.
  void write_text(const std::string& tag, const std::string& text, std::int64_t step);

  void flush();
  /// Flushes and ends the file. Closing again does nothing.
  void close();

  /// Where the events go; empty before the first of them.
  const std::string& path() const { return path_; }

 private:
  void open();
  void add_event(std::string_view event);
  void append_record(std::string_view data);
  [[noreturn]] void fail(const std::string& path, const char* action) const;

  std::string folder_;
  std::string path_;
  std::string queue_;
  std::chrono::steady_clock::time_point queued_since_;
  int file_ = -1;
  bool closed_ = false;
};

}  // namespace cornu::io
