#include "models/v1/graph_def.h"

#include <algorithm>
#include <string>

#include "models/v1/graph_body.h"

namespace cornu::v1 {
namespace {

// Larger constants are left out: TensorBoard cuts them anyway.
constexpr std::int64_t kMaxConstantElements = 256;

io::GraphShape shape_of(const Shape& shape) { return shape.has_rank() ? io::GraphShape(shape) : std::nullopt; }

std::string input_name(const OperationRecord& source, int output) {
  return output == 0 ? source.name : source.name + ":" + std::to_string(output);
}

io::GraphDescription::Node node_of(const GraphBody& body, const OperationRecord& record) {
  io::GraphDescription::Node node{.name = record.name, .op = record.type};
  for (const cornu::Tensor& input : record.node->inputs())
    node.inputs.push_back(input_name(body.record_of(input), input.output_index()));
  // TensorFlow writes them in the order of their names.
  const std::size_t num_data_inputs = node.inputs.size();
  for (const OperationRecord* before : record.control_inputs) node.inputs.push_back("^" + before->name);
  std::sort(node.inputs.begin() + static_cast<std::ptrdiff_t>(num_data_inputs), node.inputs.end());
  const bool has_output = record.node->num_outputs() > 0;
  if (!has_output) return node;
  const TensorSpec& spec = record.node->output_spec(0);
  const bool declares = record.type == "Const" || record.type == "Placeholder" || record.type == "VariableV2" ||
                        record.type == "VarHandleOp";
  node.attributes[declares ? "dtype" : "T"] = spec.dtype;
  if (declares && record.type != "Const") node.attributes["shape"] = shape_of(spec.shape);
  if (record.type == "VariableV2" || record.type == "VarHandleOp") {
    node.attributes["container"] = std::string();
    node.attributes["shared_name"] = record.type == "VarHandleOp" ? record.name : std::string();
  }
  if (record.constant.defined() && record.constant.num_elements() <= kMaxConstantElements)
    node.attributes["value"] = record.constant;
  // TensorBoard keeps what belongs to a variable beside it.
  if (record.variable && record.variable->handle.defined() && record.first_input_is_reference)
    node.attributes["_class"] = std::vector<std::string>{"loc:@" + record.variable->name};
  std::vector<io::GraphShape> shapes;
  for (std::size_t i = 0; i < record.node->num_outputs(); ++i)
    shapes.push_back(shape_of(record.node->output_spec(i).shape));
  node.attributes["_output_shapes"] = std::move(shapes);
  return node;
}

}  // namespace

io::GraphDescription graph_def(const Graph& graph) {
  io::GraphDescription description;
  for (const auto& record : graph.body()->records()) description.nodes.push_back(node_of(*graph.body(), *record));
  return description;
}

}  // namespace cornu::v1
