#include "models/plot_box.h"

#include <algorithm>
#include <array>

#include "framework/error.h"

namespace cornu {
namespace {

template <typename TextOf> std::string joined(const TensorSpecs& specs, const TextOf& text_of) {
  if (specs.empty()) return "?";
  if (specs.size() == 1) return text_of(specs[0]);
  std::string text;
  for (const TensorSpec& spec : specs) text += (text.empty() ? "" : ", ") + text_of(spec);
  return "[" + text + "]";
}

std::string shapes_text(const TensorSpecs& specs) {
  return joined(specs, [](const TensorSpec& spec) { return spec.shape.to_string(); });
}

// The name in a configuration: "relu", or that of an activation with settings or of one's own.
std::string activation_of(const Layer& layer) {
  Config config;
  try {
    config = layer.config();
  } catch (const Error&) {
    return {};  // a layer that cannot be saved: made of functions
  }
  const Config& activation = config.get("activation");
  if (activation.is_string()) return activation.as_string();
  return activation.is_dict() ? activation.get_string("class_name", "") : "";
}

}  // namespace

PlotBox plot_box_of(const ModelDiagram::Box& box, const PlotOptions& options) {
  PlotBox plot;
  plot.title = options.show_layer_names ? box.name + " (" + box.class_name + ")" : box.class_name;
  if (options.show_layer_activations && box.layer) {
    if (const std::string name = activation_of(*box.layer); !name.empty()) plot.fields.push_back({"Activation", name});
  }
  if (options.show_shapes) {
    if (box.class_name != "InputLayer") plot.fields.push_back({"Input shape", shapes_text(box.inputs)});
    plot.fields.push_back({"Output shape", shapes_text(box.outputs)});
  }
  if (options.show_dtype) {
    const auto dtype_of = [](const TensorSpec& spec) { return std::string(name_of(spec.dtype)); };
    plot.fields.push_back({"Output dtype", joined(box.outputs, dtype_of)});
  }
  if (options.show_trainable && box.layer && !box.layer->weights().empty()) {
    const bool trainable = box.layer->trainable();
    plot.fields.push_back({"", trainable ? "Trainable" : "Non-trainable", trainable ? "forestgreen" : "firebrick"});
  }
  return plot;
}

ModelDiagram diagram_to_plot(const AnyModel& model, const PlotOptions& options) {
  constexpr std::array<const char*, 4> kDirections = {"TB", "LR", "BT", "RL"};
  if (std::find(kDirections.begin(), kDirections.end(), options.rankdir) == kDirections.end()) {
    throw InvalidArgument("plot_model: rankdir must be \"TB\", \"LR\", \"BT\" or \"RL\"; got \"" + options.rankdir +
                          '"');
  }
  return diagram_of(*model, [&](const Layer& layer) {
    return options.expand_nested && dynamic_cast<const ModelLayer*>(&layer) != nullptr;
  });
}

std::string call_label(const ModelDiagram::Box& box, int call) {
  return box.num_calls > 1 ? "[" + std::to_string(call) + "]" : "";
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\\': result += "&#92;"; break;
      default: result += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
  }
  return result;
}

}  // namespace cornu
