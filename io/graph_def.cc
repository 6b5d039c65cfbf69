#include "io/graph_def.h"

#include "io/tensor_message.h"
#include "io/tensorboard.pb.h"

namespace cornu::io {
namespace {

// The version of GraphDef that TensorFlow 2.21 writes; older programs read the fields they know.
constexpr int kProducer = 2513;

tensorboard::DataType type_of(DType dtype) { return static_cast<tensorboard::DataType>(data_type_of(dtype)); }

void write(const GraphShape& shape, tensorboard::TensorShape& message) {
  if (shape) {
    write_shape(*shape, message);
  } else {
    message.set_unknown_rank(true);
  }
}

// Sets the field for the type of an attribute's value.
struct AttributeWriter {
  tensorboard::AttrValue& message;

  void operator()(bool value) const { message.set_b(value); }
  void operator()(std::int64_t value) const { message.set_i(value); }
  void operator()(float value) const { message.set_f(value); }
  void operator()(const std::string& value) const { message.set_s(value); }
  void operator()(DType value) const { message.set_type(type_of(value)); }
  void operator()(ForeignDType value) const {
    message.set_type(static_cast<tensorboard::DataType>(data_type_of(value)));
  }
  void operator()(const GraphShape& value) const { write(value, *message.mutable_shape()); }
  void operator()(const Tensor& value) const { write_tensor(value, *message.mutable_tensor()); }
  void operator()(const StringTensor& value) const { write_tensor(value, *message.mutable_tensor()); }
  // An empty list is a list too.
  void operator()(const std::vector<std::int64_t>& values) const {
    for (tensorboard::AttrValue::List& list = *message.mutable_list(); const std::int64_t value : values)
      list.add_i(value);
  }
  void operator()(const std::vector<float>& values) const {
    for (tensorboard::AttrValue::List& list = *message.mutable_list(); const float value : values) list.add_f(value);
  }
  void operator()(const std::vector<std::string>& values) const {
    for (tensorboard::AttrValue::List& list = *message.mutable_list(); const std::string& value : values)
      list.add_s(value);
  }
  void operator()(const std::vector<DType>& values) const {
    for (tensorboard::AttrValue::List& list = *message.mutable_list(); const DType value : values) {
      list.add_type(type_of(value));
    }
  }
  void operator()(const std::vector<GraphShape>& values) const {
    for (tensorboard::AttrValue::List& list = *message.mutable_list(); const GraphShape& value : values) {
      write(value, *list.add_shape());
    }
  }
};

}  // namespace

std::string graph_def_of(const GraphDescription& graph) {
  tensorboard::GraphDef message;
  for (const GraphDescription::Node& node : graph.nodes) {
    tensorboard::NodeDef& written = *message.add_node();
    written.set_name(node.name);
    written.set_op(node.op);
    for (const std::string& input : node.inputs) written.add_input(input);
    written.set_device(node.device);
    for (const auto& [key, value] : node.attributes) {
      tensorboard::Attribute& attribute = *written.add_attr();
      attribute.set_key(key);
      std::visit(AttributeWriter{*attribute.mutable_value()}, value);
    }
  }
  message.mutable_versions()->set_producer(kProducer);
  return message.SerializeAsString();
}

}  // namespace cornu::io
