#include "models/plot.h"

#include "framework/error.h"
#include "io/atomic_file.h"
#include "models/plot_box.h"

namespace cornu {
namespace {

// Keras' table of a box: the title on black, the fields side by side below it, the activation over their whole width.
std::string dot_label(const PlotBox& box) {
  std::size_t num_cells = 0;
  for (const PlotBox::Field& field : box.fields) num_cells += field.label == "Activation" ? 0 : 1;
  const std::string whole_width = " colspan=\"" + std::to_string(std::max<std::size_t>(num_cells, 1)) + "\"";
  std::string rows = "<tr><td" + whole_width + " bgcolor=\"black\"><font point-size=\"16\" color=\"white\"><b>" +
                     escaped(box.title) + "</b></font></td></tr>";
  std::string cells;
  for (const PlotBox::Field& field : box.fields) {
    const std::string text =
        field.label.empty() ? "<font point-size=\"14\" color=\"white\"><b>" + escaped(field.value) + "</b></font>"
                            : "<font point-size=\"14\">" + field.label + ": <b>" + escaped(field.value) + "</b></font>";
    if (field.label == "Activation") {
      rows += "<tr><td bgcolor=\"white\"" + whole_width + ">" + text + "</td></tr>";
    } else {
      cells += "<td bgcolor=\"" + field.colour + "\">" + text + "</td>";
    }
  }
  if (!cells.empty()) rows += "<tr>" + cells + "</tr>";
  return "<<table border=\"0\" cellborder=\"1\" bgcolor=\"black\" cellpadding=\"10\">" + rows + "</table>>";
}

// The boxes within one, or those of the model for -1.
void write_boxes(const ModelDiagram& diagram, int around, const PlotOptions& options, const std::string& indent,
                 std::string& text) {
  for (std::size_t i = 0; i < diagram.boxes.size(); ++i) {
    const ModelDiagram::Box& box = diagram.boxes[i];
    if (box.around != around) continue;
    const std::string id = std::to_string(i);
    if (!box.is_open) {
      text += indent + "box" + id + " [label=" + dot_label(plot_box_of(box, options)) + "];\n";
      continue;
    }
    text += indent + "subgraph cluster" + id + " {\n";
    text += indent + "  label=\"" + escaped(box.name) + "\"; labeljust=l; style=dashed;\n";
    write_boxes(diagram, static_cast<int>(i), options, indent + "  ", text);
    text += indent + "}\n";
  }
}

}  // namespace

std::string model_to_dot(const AnyModel& model, const PlotOptions& options) {
  const ModelDiagram diagram = diagram_to_plot(model, options);
  std::string text = "digraph \"" + escaped(model->name()) + "\" {\n";
  text += "  rankdir=" + options.rankdir + ";\n";
  text += "  node [shape=plain, margin=0, fontname=\"Helvetica\"];\n  edge [penwidth=2];\n";
  write_boxes(diagram, -1, options, "  ", text);
  for (const ModelDiagram::Arrow& arrow : diagram.arrows) {
    const std::string tail = call_label(diagram.boxes[static_cast<std::size_t>(arrow.from)], arrow.from_call);
    const std::string head = call_label(diagram.boxes[static_cast<std::size_t>(arrow.to)], arrow.to_call);
    text += "  box" + std::to_string(arrow.from) + " -> box" + std::to_string(arrow.to);
    if (!tail.empty() || !head.empty()) text += " [taillabel=\"" + tail + "\", headlabel=\"" + head + "\"]";
    text += ";\n";
  }
  return text + "}\n";
}

void plot_model(const AnyModel& model, const std::string& to_file, const PlotOptions& options) {
  if (to_file.ends_with(".svg")) {
    io::write_file(to_file, model_to_svg(model, options));
  } else if (to_file.ends_with(".dot")) {
    io::write_file(to_file, model_to_dot(model, options));
  } else {
    throw InvalidArgument("plot_model: expected a file that ends in .svg or .dot; got '" + to_file +
                              "'. Graphviz makes other formats of a .dot file.",
                          to_file);
  }
}

}  // namespace cornu
