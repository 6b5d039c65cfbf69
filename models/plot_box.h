#pragma once

#include <string>
#include <vector>

#include "models/model_diagram.h"
#include "models/plot.h"

namespace cornu {

/// The text of a box: a title, and fields below it.
struct PlotBox {
  struct Field {
    std::string label;  ///< "Input shape"; empty for a field of its own colour
    std::string value;
    std::string colour = "white";  ///< of the background
  };
  std::string title;
  std::vector<Field> fields;
};

/// What the options ask for, as Keras words it.
PlotBox plot_box_of(const ModelDiagram::Box& box, const PlotOptions& options);

/// The diagram that the options ask for. **Throws** InvalidArgument for an unknown rankdir.
ModelDiagram diagram_to_plot(const AnyModel& model, const PlotOptions& options);

/// "[1]" at the end of an arrow where its box is called more than once.
std::string call_label(const ModelDiagram::Box& box, int call);

/// Fit for XML and for Graphviz' labels.
std::string escaped(const std::string& text);

}  // namespace cornu
