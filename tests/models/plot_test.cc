#include "models/plot.h"

#include <boost/test/unit_test.hpp>
#include <regex>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "layers/merging/add.h"
#include "layers/merging/subtract.h"
#include "layers/regularization/dropout.h"
#include "models/functional.h"
#include "models/layered_layout.h"
#include "models/model_diagram.h"
#include "models/sequential.h"
#include "tests/io/scratch_folder.h"
#include "tests/support/message_of.h"

using namespace cornu;
using namespace cornu::layers;
using test::message_of;

namespace {

Model siamese() {
  const Tensor left = Input({4}, {.name = "left"});
  const Tensor right = Input({4}, {.name = "right"});
  const Sequential tower({Dense(3, {.activation = "relu", .name = "fc1"}), Dropout(0.5, {.name = "drop"})},
                         {.name = "tower", .input_shape = Shape{4}});
  const Tensor difference = Subtract({.name = "difference"})({tower(left), tower(right)});
  return Model({left, right}, Dense(1, {.name = "score"})(difference), {.name = "siamese"});
}

class GatedModel : public ModelLayer {
 public:
  GatedModel() : ModelLayer("gated") {}
  Dense value{3, {.name = "value"}};
  Dense gate{3, {.activation = "sigmoid", .name = "gate"}};

 protected:
  void build(const Shapes&) override { scale_ = add_weight("scale", {3}); }
  Outputs call(const Inputs& x, const CallContext&) override {
    const Tensor values = value(x[0]);
    const Tensor gates = gate(x[0]);
    return values * gates * scale_;
  }

 private:
  Variable scale_;
};

ModelDiagram diagram(const AnyModel& model, bool open = false) {
  return diagram_of(*model, [&](const Layer&) { return open; });
}

// "left -> tower" for each arrow, in order.
std::vector<std::string> arrows_of(const ModelDiagram& diagram) {
  std::vector<std::string> arrows;
  const auto path = [&](int box) { return diagram.boxes[static_cast<std::size_t>(box)].path; };
  for (const ModelDiagram::Arrow& arrow : diagram.arrows) {
    arrows.push_back(path(arrow.from) + "[" + std::to_string(arrow.from_call) + "] -> " + path(arrow.to) + "[" +
                     std::to_string(arrow.to_call) + "]");
  }
  return arrows;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// A chain with branches that skip a layer: begin and end of each arrow, and no two boxes on one place.
void check_places(const LayeredLayout& layout) {
  const auto apart = [](const LayeredLayout::Box& a, const LayeredLayout::Box& b) {
    return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
  };
  for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
    const LayeredLayout::Box& box = layout.boxes[i];
    BOOST_TEST_CONTEXT("box " << i) {
      BOOST_TEST(
          (box.x >= 0 && box.y >= 0 && box.x + box.width <= layout.width && box.y + box.height <= layout.height));
      for (std::size_t k = 0; k < i; ++k) {
        if (layout.boxes[k].around == box.around) BOOST_TEST(apart(box, layout.boxes[k]));
      }
      if (box.around < 0) continue;
      const LayeredLayout::Box& around = layout.boxes[static_cast<std::size_t>(box.around)];
      BOOST_TEST((box.x >= around.x && box.x + box.width <= around.x + around.width));
      BOOST_TEST((box.y >= around.y && box.y + box.height <= around.y + around.height));
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_plot)

BOOST_AUTO_TEST_CASE(a_shared_layer_is_one_box_with_an_arrow_for_each_use) {
  const ModelDiagram closed = diagram(siamese());
  BOOST_TEST(arrows_of(closed) ==
             std::vector<std::string>({"left[0] -> tower[0]", "right[0] -> tower[1]", "tower[0] -> difference[0]",
                                       "tower[1] -> difference[0]", "difference[0] -> score[0]"}));
  BOOST_TEST(closed.boxes.size() == 5u);
  BOOST_TEST(closed.boxes[2].num_calls == 2);
  BOOST_TEST(closed.boxes[2].inputs[0].shape == Shape({kUnknown, 4}));
  BOOST_TEST(closed.boxes[2].outputs[0].shape == Shape({kUnknown, 3}));
  BOOST_TEST(closed.variables.size() == 4u);
}

// Dropout gives its input as it is when it does not train; it has its box and its arrows all the same.
BOOST_AUTO_TEST_CASE(nested_models_open) {
  const ModelDiagram open = diagram(siamese(), true);
  BOOST_TEST(
      arrows_of(open) ==
      std::vector<std::string>({"left[0] -> tower/fc1[0]", "tower/fc1[0] -> tower/drop[0]", "right[0] -> tower/fc1[1]",
                                "tower/fc1[1] -> tower/drop[1]", "tower/drop[0] -> difference[0]",
                                "tower/drop[1] -> difference[0]", "difference[0] -> score[0]"}));
}

BOOST_AUTO_TEST_CASE(a_residual_around_an_identity_keeps_its_arrows) {
  const Tensor input = Input({3}, {.name = "x"});
  const Model model(input, Add({.name = "add"})({input, Dropout(0.5, {.name = "drop"})(input)}));
  BOOST_TEST(arrows_of(diagram(model)) ==
             std::vector<std::string>({"x[0] -> drop[0]", "x[0] -> add[0]", "drop[0] -> add[0]"}));
}

// A layer in two nested models is drawn in the first; the arrows of the second lead there.
BOOST_AUTO_TEST_CASE(a_layer_of_two_nested_models_is_one_box) {
  const Dense shared(4, {.name = "shared"});
  const Sequential one({shared}, {.name = "one"}), two({shared}, {.name = "two"});
  const Tensor input = Input({4}, {.name = "x"});
  const Model model(input, two(one(input)));
  const ModelDiagram open = diagram(model, true);
  BOOST_TEST(arrows_of(open) == std::vector<std::string>({"x[0] -> one/shared[0]", "one/shared[0] -> one/shared[1]"}));
  const std::string svg = model_to_svg(model, {.show_layer_names = true, .expand_nested = true});
  BOOST_TEST(count_of(svg, "shared (Dense)") == 1u);
  BOOST_TEST(count_of(svg, ">two<") == 1u);
  BOOST_TEST(count_of(svg, "marker-end") == 2u);
}

BOOST_AUTO_TEST_CASE(a_subclassed_model_shows_layers_and_operations) {
  SharedModel<GatedModel> model;
  model->build_for({{2, 4}});
  const ModelDiagram drawn = diagram(model);
  const std::vector<std::string> arrows = arrows_of(drawn);
  BOOST_TEST(arrows.size() == 5u);
  BOOST_TEST(arrows[2] == "value[0] -> multiply[0]");
  BOOST_TEST(arrows[3] == "gate[0] -> multiply[0]");
  BOOST_TEST(arrows[4] == "multiply[0] -> multiply_1[0]");
  // The weight of the model itself belongs to the operation that reads it.
  for (const ModelDiagram::VariableReads& reads : drawn.variables) {
    if (reads.variable.name() != "scale") continue;
    BOOST_REQUIRE(reads.boxes.size() == 1u);
    BOOST_TEST(drawn.boxes[static_cast<std::size_t>(reads.boxes[0])].path == "multiply_1");
  }
}

BOOST_AUTO_TEST_CASE(dot_is_that_of_keras) {
  const std::string dot = model_to_dot(siamese(), {.show_shapes = true,
                                                   .show_dtype = true,
                                                   .show_layer_names = true,
                                                   .rankdir = "LR",
                                                   .show_layer_activations = true,
                                                   .show_trainable = true});
  BOOST_TEST(dot.starts_with("digraph \"siamese\" {\n  rankdir=LR;\n"));
  BOOST_TEST(count_of(dot, "[label=<<table") == 5u);
  BOOST_TEST(count_of(dot, "tower (Sequential)") == 1u);
  BOOST_TEST(dot.find("Input shape: <b>(None, 4)</b>") != std::string::npos);
  BOOST_TEST(dot.find("Input shape: <b>[(None, 3), (None, 3)]</b>") != std::string::npos);
  BOOST_TEST(dot.find("Output dtype: <b>float32</b>") != std::string::npos);
  BOOST_TEST(count_of(dot, "<b>Trainable</b>") == 2u);
  BOOST_TEST(count_of(dot, "Activation: <b>linear</b>") == 1u);
  BOOST_TEST(dot.find("  box1 -> box2 [taillabel=\"\", headlabel=\"[1]\"];\n") != std::string::npos);
  const std::string open = model_to_dot(siamese(), {.expand_nested = true, .show_layer_activations = true});
  BOOST_TEST(open.find("subgraph cluster2 {\n    label=\"tower\"") != std::string::npos);
  BOOST_TEST(count_of(open, "Activation: <b>relu</b>") == 1u);
  BOOST_TEST(open.find("<b>Dense</b>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(svg_shows_each_box_once_and_each_arrow) {
  const std::string svg =
      model_to_svg(siamese(), {.show_shapes = true, .show_layer_names = true, .expand_nested = true});
  BOOST_TEST(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\""));
  BOOST_TEST(svg.ends_with("</svg>\n"));
  for (const char* title : {"left (InputLayer)", "right (InputLayer)", "fc1 (Dense)", "drop (Dropout)",
                            "difference (Subtract)", "score (Dense)", ">tower<"}) {
    BOOST_TEST(count_of(svg, title) == 1u, title);
  }
  BOOST_TEST(count_of(svg, "marker-end") == 7u);
  BOOST_TEST(count_of(svg, ">[1]<") == 4u);  // into fc1, from it into drop at both ends, from drop
  BOOST_TEST(count_of(svg, "nan") == 0u);
  // Every element is closed.
  const std::regex element("<(/?)([a-z]+)[^>]*?(/?)>");
  std::vector<std::string> open;
  for (std::sregex_iterator it(svg.begin(), svg.end(), element), end; it != end; ++it) {
    if ((*it)[1].length() > 0) {
      BOOST_REQUIRE(!open.empty());
      BOOST_TEST(open.back() == (*it)[2].str());
      open.pop_back();
    } else if ((*it)[3].length() == 0) {
      open.push_back((*it)[2].str());
    }
  }
  BOOST_TEST(open.empty());
}

BOOST_AUTO_TEST_CASE(names_are_escaped) {
  const Tensor input = Input({2}, {.name = "a<b"});
  const Model model(input, Dense(1, {.name = "\"x\" & y\\"})(input));
  const std::string svg = model_to_svg(model, {.show_layer_names = true});
  BOOST_TEST(svg.find("a&lt;b (InputLayer)") != std::string::npos);
  BOOST_TEST(svg.find("&quot;x&quot; &amp; y&#92; (Dense)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(boxes_do_not_meet_in_any_direction) {
  for (const char* direction : {"TB", "LR", "BT", "RL"}) {
    BOOST_TEST_CONTEXT(direction) {
      LayeredLayout layout;
      // 0 -> 1 -> (2: 3 -> 4, 3 -> 5) -> 7, 0 -> 7, 6 -> 7, and back from 7 to 1
      for (int i = 0; i < 8; ++i) {
        layout.boxes.push_back(
            {.width = 40.0 + 25 * i, .height = 20.0 + 7 * i, .around = i >= 3 && i <= 5 ? 2 : -1, .is_open = i == 2});
      }
      for (const auto& [from, to] : {std::pair{0, 1}, {1, 3}, {3, 4}, {3, 5}, {4, 7}, {5, 7}, {0, 7}, {6, 7}, {7, 1}}) {
        layout.arrows.push_back({.from = from, .to = to});
      }
      layout.compute(direction);
      check_places(layout);
      BOOST_TEST(layout.arrows.back().is_back);
      // 0 stands before 1, and that before the open box.
      const auto& box = layout.boxes;
      if (std::string(direction) == "TB")
        BOOST_TEST((box[0].y < box[1].y && box[1].y < box[2].y && box[2].y < box[7].y));
      if (std::string(direction) == "TB") BOOST_TEST(box[6].y > box[1].y);  // 6 stands close to 7, which uses it
      if (std::string(direction) == "BT")
        BOOST_TEST((box[0].y > box[1].y && box[1].y > box[2].y && box[2].y > box[7].y));
      if (std::string(direction) == "LR")
        BOOST_TEST((box[0].x < box[1].x && box[1].x < box[2].x && box[2].x < box[7].x));
      if (std::string(direction) == "RL")
        BOOST_TEST((box[0].x > box[1].x && box[1].x > box[2].x && box[2].x > box[7].x));
    }
  }
}

// Two uses of one box by another are two arrows that can be told apart.
BOOST_AUTO_TEST_CASE(arrows_between_two_boxes_do_not_lie_on_one_another) {
  LayeredLayout layout;
  layout.boxes = {{.width = 80, .height = 20}, {.width = 80, .height = 20}};
  layout.arrows = {{.from = 0, .to = 1}, {.from = 0, .to = 1}};
  layout.compute("TB");
  BOOST_TEST(layout.arrows[1].points.front().x - layout.arrows[0].points.front().x > 10.0);
  BOOST_TEST(layout.arrows[1].points.back().x - layout.arrows[0].points.back().x > 10.0);
  BOOST_TEST(layout.arrows[0].points.front().y == 20.0);
}

BOOST_AUTO_TEST_CASE(writes_both_kinds_of_file) {
  const testing::ScratchFolder folder;
  const Model model = siamese();
  plot_model(model, folder / "m.svg", {.show_shapes = true});
  BOOST_TEST(testing::contents_of(folder / "m.svg") == model_to_svg(model, {.show_shapes = true}));
  plot_model(model, folder / "m.dot");
  BOOST_TEST(testing::contents_of(folder / "m.dot") == model_to_dot(model));
  BOOST_TEST(message_of<InvalidArgument>([&] { plot_model(model, "m.png"); }) ==
             "plot_model: expected a file that ends in .svg or .dot; got 'm.png'. Graphviz makes other formats of a "
             ".dot file.");
  BOOST_TEST(message_of<InvalidArgument>([&] { model_to_svg(model, {.rankdir = "up"}); }) ==
             "plot_model: rankdir must be \"TB\", \"LR\", \"BT\" or \"RL\"; got \"up\"");
  BOOST_TEST(message_of<FormatError>([&] { plot_model(model, folder / "none/m.svg"); }).find("none/m.svg") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
