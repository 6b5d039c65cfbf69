#include "tests/support/event_file_reader.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace cornu::test {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("event file: " + what); }

template <typename T> T number_at(std::string_view bytes, std::size_t at) {
  T number{};
  if (bytes.size() < at + sizeof number) fail("it ends within a number");
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

// Bit by bit: slow, and not the writer's table.
std::uint32_t masked_checksum(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) ? (crc >> 1) ^ 0x82F63B78U : crc >> 1;
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

// ---- messages

struct Field {
  std::uint64_t number;
  std::uint64_t wire_type;
  std::uint64_t integer;  // of wire types 0, 1 and 5
  std::string_view bytes;

  std::string text() const { return std::string(bytes); }
  std::int64_t as_int() const { return static_cast<std::int64_t>(integer); }
  float as_float() const {
    const auto bits = static_cast<std::uint32_t>(integer);
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  double as_double() const {
    double value = 0;
    std::memcpy(&value, &integer, sizeof value);
    return value;
  }
};

std::uint64_t read_varint(std::string_view bytes, std::size_t& at) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at >= bytes.size()) fail("it ends within a number");
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return value;
  }
  fail("a number is longer than 64 bits");
}

std::vector<Field> fields_of(std::string_view bytes) {
  std::vector<Field> fields;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::uint64_t key = read_varint(bytes, at);
    Field field{key >> 3, key & 7U, 0, {}};
    if (field.wire_type == 0) {
      field.integer = read_varint(bytes, at);
    } else if (field.wire_type == 1) {
      field.integer = number_at<std::uint64_t>(bytes, at);
      at += 8;
    } else if (field.wire_type == 2) {
      const std::uint64_t size = read_varint(bytes, at);
      if (size > bytes.size() - at) fail("a field is longer than its message");
      field.bytes = bytes.substr(at, size);
      at += size;
    } else if (field.wire_type == 5) {
      field.integer = number_at<std::uint32_t>(bytes, at);
      at += 4;
    } else {
      fail("wire type " + std::to_string(field.wire_type));
    }
    fields.push_back(field);
  }
  return fields;
}

[[noreturn]] void unknown(const char* message, const Field& field) {
  fail(std::string(message) + " has the unknown field " + std::to_string(field.number));
}

// Repeated numbers stand one by one or packed into one field.
std::vector<Field> unpacked(const Field& field, std::uint64_t wire_type) {
  if (field.wire_type == wire_type) return {field};
  if (field.wire_type != 2) fail("wire type " + std::to_string(field.wire_type));
  std::vector<Field> items;
  std::size_t at = 0;
  while (at < field.bytes.size()) {
    Field item{field.number, wire_type, 0, {}};
    if (wire_type == 0) item.integer = read_varint(field.bytes, at);
    if (wire_type == 1) item.integer = number_at<std::uint64_t>(field.bytes, at);
    if (wire_type == 5) item.integer = number_at<std::uint32_t>(field.bytes, at);
    if (wire_type != 0) at += wire_type == 1 ? 8 : 4;
    items.push_back(item);
  }
  return items;
}

// ---- TensorFlow's messages

std::string shape_text(std::string_view bytes, std::vector<std::int64_t>* dims = nullptr) {
  std::string text;
  for (const Field& field : fields_of(bytes)) {
    if (field.number == 3) return "?";
    if (field.number != 2) unknown("TensorShapeProto", field);
    std::int64_t size = 0;
    for (const Field& of_dim : fields_of(field.bytes)) {
      if (of_dim.number != 1) unknown("TensorShapeProto.Dim", of_dim);
      size = of_dim.as_int();
    }
    if (dims) dims->push_back(size);
    text += (text.empty() ? "" : ", ") + (size < 0 ? "?" : std::to_string(size));
  }
  return "(" + text + ")";
}

void read_content(const std::string_view bytes, EventTensor& tensor) {
  const auto read = [&](auto zero) {
    for (std::size_t at = 0; at < bytes.size(); at += sizeof zero) {
      tensor.numbers.push_back(static_cast<double>(number_at<decltype(zero)>(bytes, at)));
    }
  };
  switch (tensor.dtype) {
    case 1: return read(float{});
    case 2: return read(double{});
    case 3: return read(std::int32_t{});
    case 4: return read(std::uint8_t{});
    case 6: return read(std::int8_t{});
    case 9: return read(std::int64_t{});
    case 10: return read(std::uint8_t{});
    case 22: return read(std::uint32_t{});
    default: fail("tensor_content of dtype " + std::to_string(tensor.dtype));
  }
}

// The field in which TensorFlow keeps single elements of a dtype.
std::uint64_t value_field_of(std::int64_t dtype) {
  switch (dtype) {
    case 1: return 5;
    case 2: return 6;
    case 3:
    case 4:
    case 6: return 7;
    case 7: return 8;
    case 9: return 10;
    case 10: return 11;
    case 14:
    case 19: return 13;
    case 22: return 16;
    default: fail("dtype " + std::to_string(dtype));
  }
}

EventTensor tensor_of(std::string_view bytes) {
  EventTensor tensor;
  const std::vector<Field> fields = fields_of(bytes);
  for (const Field& field : fields) {
    if (field.number == 1) tensor.dtype = field.as_int();
  }
  for (const Field& field : fields) {
    if (field.number > 4 && field.number != value_field_of(tensor.dtype)) unknown("TensorProto of this dtype", field);
    switch (field.number) {
      case 1: break;
      case 2: shape_text(field.bytes, &tensor.shape); break;
      case 4: read_content(field.bytes, tensor); break;
      case 5:
        for (const Field& item : unpacked(field, 5)) tensor.numbers.push_back(static_cast<double>(item.as_float()));
        break;
      case 6:
        for (const Field& item : unpacked(field, 1)) tensor.numbers.push_back(item.as_double());
        break;
      case 8: tensor.strings.push_back(field.text()); break;
      case 7:
      case 10:
      case 11:
      case 13:
      case 16:
        for (const Field& item : unpacked(field, 0)) tensor.numbers.push_back(static_cast<double>(item.as_int()));
        break;
      default: unknown("TensorProto", field);
    }
  }
  return tensor;
}

std::string tensor_text(std::string_view bytes) {
  const EventTensor tensor = tensor_of(bytes);
  std::ostringstream text;
  text << "tensor " << tensor.dtype << " (";
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) text << (i == 0 ? "" : ", ") << tensor.shape[i];
  text << ") [";
  for (std::size_t i = 0; i < tensor.numbers.size(); ++i) text << (i == 0 ? "" : " ") << tensor.numbers[i];
  for (std::size_t i = 0; i < tensor.strings.size(); ++i) text << (i == 0 ? "" : " ") << tensor.strings[i];
  text << "]";
  return text.str();
}

std::string attribute_text(std::string_view bytes);

std::string list_text(std::string_view bytes) {
  std::string text;
  const auto add = [&](const std::string& item) { text += (text.empty() ? "" : ", ") + item; };
  for (const Field& field : fields_of(bytes)) {
    // The fields of a list are numbered as those of a single value.
    const bool is_number = field.number >= 3 && field.number <= 6;
    if (field.number < 2 || field.number > 7) unknown("AttrValue.ListValue", field);
    if (field.number == 2) add("s " + field.text());
    if (field.number == 7) add("shape " + shape_text(field.bytes));
    if (!is_number) continue;
    for (const Field& item : unpacked(field, field.number == 4 ? 5 : 0)) {
      std::ostringstream number;
      if (field.number == 4) number << "f " << item.as_float();
      if (field.number != 4) number << (field.number == 6 ? "type " : "i ") << item.as_int();
      add(number.str());
    }
  }
  return "list [" + text + "]";
}

std::string attribute_text(std::string_view bytes) {
  std::ostringstream text;
  for (const Field& field : fields_of(bytes)) {
    switch (field.number) {
      case 1: text << list_text(field.bytes); break;
      case 2: text << "s " << field.bytes; break;
      case 3: text << "i " << field.as_int(); break;
      case 4: text << "f " << field.as_float(); break;
      case 5: text << (field.integer ? "true" : "false"); break;
      case 6: text << "type " << field.as_int(); break;
      case 7: text << "shape " << shape_text(field.bytes); break;
      case 8: text << tensor_text(field.bytes); break;
      default: unknown("AttrValue", field);
    }
  }
  return text.str();
}

EventNode node_of(std::string_view bytes) {
  EventNode node;
  for (const Field& field : fields_of(bytes)) {
    switch (field.number) {
      case 1: node.name = field.text(); break;
      case 2: node.op = field.text(); break;
      case 3: node.inputs.push_back(field.text()); break;
      case 4: node.device = field.text(); break;
      case 5: {
        std::string key, value;
        for (const Field& entry : fields_of(field.bytes)) {
          if (entry.number == 1) key = entry.text();
          if (entry.number == 2) value = attribute_text(entry.bytes);
          if (entry.number > 2) unknown("NodeDef.AttrEntry", entry);
        }
        node.attributes[key] = value;
        break;
      }
      case 7: break;  // experimental_debug_info
      default: unknown("NodeDef", field);
    }
  }
  return node;
}

std::vector<EventNode> nodes_of(std::string_view bytes) {
  std::vector<EventNode> nodes;
  for (const Field& field : fields_of(bytes)) {
    if (field.number == 1) nodes.push_back(node_of(field.bytes));
    if (field.number != 1 && field.number != 2 && field.number != 4) unknown("GraphDef", field);
  }
  return nodes;
}

EventValue value_of(std::string_view bytes) {
  EventValue value;
  for (const Field& field : fields_of(bytes)) {
    if (field.number == 1) {
      value.tag = field.text();
    } else if (field.number == 8) {
      value.tensor = tensor_of(field.bytes);
    } else if (field.number == 9) {
      for (const Field& of_metadata : fields_of(field.bytes)) {
        if (of_metadata.number == 4) {
          value.data_class = of_metadata.as_int();
        } else if (of_metadata.number == 1) {
          for (const Field& of_plugin : fields_of(of_metadata.bytes)) {
            if (of_plugin.number > 2) unknown("PluginData", of_plugin);
            (of_plugin.number == 1 ? value.plugin : value.plugin_content) = of_plugin.text();
          }
        } else if (of_metadata.number != 2 && of_metadata.number != 3) {
          unknown("SummaryMetadata", of_metadata);
        }
      }
    } else {
      unknown("Summary.Value", field);
    }
  }
  return value;
}

EventRecord record_of(std::string_view data) {
  EventRecord record;
  for (const Field& field : fields_of(data)) {
    switch (field.number) {
      case 1:
        if (field.wire_type != 1) fail("wall_time must be a double");
        record.wall_time = field.as_double();
        break;
      case 2: record.step = field.as_int(); break;
      case 3:
        record.kind = "file_version";
        record.file_version = field.text();
        break;
      case 4:
        record.kind = "graph_def";
        record.nodes = nodes_of(field.bytes);
        break;
      case 5:
        record.kind = "summary";
        for (const Field& value : fields_of(field.bytes)) {
          if (value.number != 1) unknown("Summary", value);
          record.values.push_back(value_of(value.bytes));
        }
        break;
      case 9: record.kind = "meta_graph_def"; break;
      case 10: break;  // source_metadata: who wrote it
      default: unknown("Event", field);
    }
  }
  return record;
}

}  // namespace

std::vector<EventRecord> read_event_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("cannot open " + path);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  const std::string_view bytes = all;
  std::vector<EventRecord> records;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto length = number_at<std::uint64_t>(bytes, at);
    if (number_at<std::uint32_t>(bytes, at + 8) != masked_checksum(bytes.substr(at, 8))) {
      fail("wrong checksum of the length at byte " + std::to_string(at));
    }
    if (length > bytes.size() - at - 12) fail("truncated record at byte " + std::to_string(at));
    const std::string_view data = bytes.substr(at + 12, length);
    if (number_at<std::uint32_t>(bytes, at + 12 + length) != masked_checksum(data)) {
      fail("wrong checksum of the data at byte " + std::to_string(at));
    }
    records.push_back(record_of(data));
    at += 16 + length;
  }
  if (records.empty() || records.front().file_version != "brain.Event:2") fail("it does not begin with its version");
  return records;
}

std::string event_file_in(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("events.out.tfevents.")) files.push_back(entry.path().string());
  }
  if (files.size() != 1) fail(std::to_string(files.size()) + " of them in " + folder);
  return files[0];
}

const EventNode& node_named(const std::vector<EventRecord>& records, const std::string& name) {
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    if (record->kind != "graph_def") continue;
    const auto found = std::find_if(record->nodes.begin(), record->nodes.end(),
                                    [&](const EventNode& node) { return node.name == name; });
    if (found != record->nodes.end()) return *found;
    break;
  }
  fail("no node " + name);
}

std::map<std::string, std::vector<EventValue>> values_by_tag(const std::vector<EventRecord>& records) {
  std::map<std::string, std::vector<EventValue>> values;
  for (const EventRecord& record : records) {
    for (const EventValue& value : record.values) values[value.tag].push_back(value);
  }
  return values;
}

}  // namespace cornu::test
