#include "models/v1/summary.h"

#include "models/v1/graph_def.h"

namespace cornu::v1::summary {

FileWriter::FileWriter(const std::string& logdir, const std::optional<Graph>& graph) : writer_(logdir) {
  if (graph) add_graph(*graph);
}

void FileWriter::add_graph(const Graph& graph) { writer_.write_graph(graph_def(graph)); }
void FileWriter::add_scalar(const std::string& tag, double value, std::int64_t step) {
  writer_.write_scalar(tag, value, step);
}
void FileWriter::add_histogram(const std::string& tag, const cornu::Tensor& values, std::int64_t step) {
  writer_.write_histogram(tag, values, step);
}
void FileWriter::add_image(const std::string& tag, const cornu::Tensor& images, std::int64_t step) {
  writer_.write_image(tag, images, step);
}
void FileWriter::add_text(const std::string& tag, const std::string& text, std::int64_t step) {
  writer_.write_text(tag, text, step);
}
void FileWriter::flush() { writer_.flush(); }
void FileWriter::close() { writer_.close(); }

}  // namespace cornu::v1::summary
