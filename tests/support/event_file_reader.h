#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cornu::test {

/// A tensor of an event file: its elements as numbers or as strings.
struct EventTensor {
  std::int64_t dtype = 0;  ///< TensorFlow's number
  std::vector<std::int64_t> shape;
  std::vector<double> numbers;
  std::vector<std::string> strings;
};

/// One value of a summary.
struct EventValue {
  std::string tag;
  std::string plugin;
  std::string plugin_content;
  std::int64_t data_class = 0;
  EventTensor tensor;
};

/// A node of a graph; attributes as text: `i 3`, `type 1`, `shape (?, 8)`, `tensor 1 (2) [3 4]`, `list [s loc:@w]`.
struct EventNode {
  std::string name;
  std::string op;
  std::vector<std::string> inputs;
  std::string device;
  std::map<std::string, std::string> attributes;
};

/// One record of an event file.
struct EventRecord {
  double wall_time = 0;
  std::int64_t step = 0;
  std::string kind;  ///< "file_version", "graph_def", "summary" or "meta_graph_def"
  std::string file_version;
  std::vector<EventNode> nodes;
  std::vector<EventValue> values;
};

/// Reads an event file byte by byte, by the description of the format, with none of the writer's code. **Throws**
/// std::runtime_error for a wrong checksum, for bytes that are no message, and for a field that it does not know.
std::vector<EventRecord> read_event_file(const std::string& path);

/// The only event file in a folder. **Throws** std::runtime_error when there is none or several.
std::string event_file_in(const std::string& folder);

/// The node of that name, of the last graph. **Throws** std::runtime_error when there is none.
const EventNode& node_named(const std::vector<EventRecord>& records, const std::string& name);

/// The values of all summaries by tag, in their order.
std::map<std::string, std::vector<EventValue>> values_by_tag(const std::vector<EventRecord>& records);

}  // namespace cornu::test
