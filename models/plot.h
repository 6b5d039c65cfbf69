#pragma once

#include <string>

#include "models/model.h"

namespace cornu {

/// How a model is drawn, as in Keras.
struct PlotOptions {
  bool show_shapes = false;
  bool show_dtype = false;
  bool show_layer_names = false;  ///< the class alone otherwise
  std::string rankdir = "TB";     ///< where arrows lead: "TB" down, "LR" right, "BT" up, "RL" left
  bool expand_nested = false;     ///< nested models as frames with their layers inside
  bool show_layer_activations = false;
  bool show_trainable = false;
};

/// Draws a built model of any kind into a file that ends in `.svg` (any browser shows it) or `.dot` (for Graphviz).
/// No other program is needed.
///
/// A layer is drawn once however often it is called, with an arrow for each use; ends of arrows say which of its calls
/// they belong to. Unlike Keras it looks into subclassed models as well: the model is called on symbols.
///
/// **Throws** InvalidArgument for another ending or rankdir, StateError where the shapes of the inputs are not known
/// yet, FormatError when the file cannot be written. **See**: `keras.utils.plot_model`.
void plot_model(const AnyModel& model, const std::string& to_file, const PlotOptions& options = {});

/// The text of such a file in the language of Graphviz. **See**: `keras.utils.model_to_dot`.
std::string model_to_dot(const AnyModel& model, const PlotOptions& options = {});

/// The text of such a file as SVG.
std::string model_to_svg(const AnyModel& model, const PlotOptions& options = {});

}  // namespace cornu
