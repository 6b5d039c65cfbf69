#pragma once

#include <optional>
#include <string>

#include "io/event_file.h"
#include "models/v1/graph.h"

/// What TensorBoard shows of old-style programs. **See**: `tf.compat.v1.summary`.
namespace cornu::v1::summary {

/// Writes graphs, scalars, histograms, images and text for TensorBoard.
///
/// The folder is made at once, the file with the first event. Events are written by `flush`, `close` and the
/// destructor. **Throws** FormatError naming the file. **See**: `tf.compat.v1.summary.FileWriter`.
class FileWriter {
 public:
  explicit FileWriter(const std::string& logdir, const std::optional<Graph>& graph = {});

  /// Readers keep the last graph of a file.
  void add_graph(const Graph& graph);
  void add_scalar(const std::string& tag, double value, std::int64_t global_step);
  void add_histogram(const std::string& tag, const cornu::Tensor& values, std::int64_t global_step);
  void add_image(const std::string& tag, const cornu::Tensor& images, std::int64_t global_step);
  void add_text(const std::string& tag, const std::string& text, std::int64_t global_step);
  void flush();
  void close();
  /// Where the events go; empty before the first of them.
  const std::string& path() const { return writer_.path(); }

 private:
  io::EventWriter writer_;
};

}  // namespace cornu::v1::summary
