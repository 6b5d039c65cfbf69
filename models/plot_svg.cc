#include "models/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "models/layered_layout.h"
#include "models/plot_box.h"
#include "models/text_table.h"

namespace cornu {
namespace {

constexpr double kMargin = 12;
constexpr double kLineHeight = 20;
constexpr double kTitleHeight = 24;
constexpr double kTextMargin = 10;
// Widths of a character, rather too great than too small: which font a reader has is unknown.
constexpr double kTitleCharacter = 9.0;
constexpr double kCharacter = 7.0;
constexpr double kSmallCharacter = 6.0;

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  std::string result = text.data();
  if (result.ends_with(".0")) result.resize(result.size() - 2);
  return result == "-0" ? "0" : result;
}

std::string line_of(const PlotBox::Field& field) {
  return field.label.empty() ? field.value : field.label + ": " + field.value;
}

double width_of(const std::string& text, double character) {
  return static_cast<double>(num_characters(text)) * character;
}

std::string rectangle(const LayeredLayout::Box& at, const std::string& style) {
  return "<rect x=\"" + number(at.x) + "\" y=\"" + number(at.y) + "\" width=\"" + number(at.width) + "\" height=\"" +
         number(at.height) + "\" " + style + "/>\n";
}

std::string text_at(double x, double y, const std::string& text, const std::string& style) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" " + style + ">" + escaped(text) + "</text>\n";
}

std::string drawn(const LayeredLayout::Box& at, const PlotBox& box) {
  const double centre = at.x + at.width / 2;
  std::string svg = rectangle(at, "fill=\"white\" stroke=\"black\"");
  LayeredLayout::Box bar = at;
  bar.height = kTitleHeight;
  svg += rectangle(bar, "fill=\"black\"");
  svg += text_at(centre, at.y + 17, box.title,
                 "text-anchor=\"middle\" fill=\"white\" font-weight=\"bold\" font-size=\"14\"");
  bar.height = kLineHeight;
  bar.y = at.y + kTitleHeight;
  for (const PlotBox::Field& field : box.fields) {
    if (field.label.empty()) svg += rectangle(bar, "fill=\"" + field.colour + "\"");
    const std::string colour = field.label.empty() ? " fill=\"white\"" : "";
    svg += text_at(centre, bar.y + 14, line_of(field), "text-anchor=\"middle\"" + colour);
    bar.y += kLineHeight;
  }
  return svg;
}

// Straight pieces as they are; between them curves that leave and arrive along the direction of the layers.
std::string drawn(const LayeredLayout::Arrow& arrow, bool sideways) {
  const std::vector<LayeredLayout::Point>& points = arrow.points;
  const auto at = [](const LayeredLayout::Point& point) { return number(point.x) + " " + number(point.y); };
  std::string path = "M" + at(points[0]);
  for (std::size_t i = 1; i < points.size(); ++i) {
    const LayeredLayout::Point& from = points[i - 1];
    const LayeredLayout::Point& to = points[i];
    const bool is_lane = i % 2 == 0;
    if (arrow.is_back || is_lane || (sideways ? from.y == to.y : from.x == to.x)) {
      path += " L" + at(to);
    } else if (sideways) {
      const double middle = (from.x + to.x) / 2;
      path += " C" + at({middle, from.y}) + "," + at({middle, to.y}) + "," + at(to);
    } else {
      const double middle = (from.y + to.y) / 2;
      path += " C" + at({from.x, middle}) + "," + at({to.x, middle}) + "," + at(to);
    }
  }
  return "<path d=\"" + path + "\" fill=\"none\" stroke=\"black\" stroke-width=\"1.5\" marker-end=\"url(#head)\"/>\n";
}

// Beside an end of an arrow, on the way to its other end.
std::string label_at(const LayeredLayout::Point& end, const LayeredLayout::Point& other, const std::string& label) {
  if (label.empty()) return {};
  const double across = other.x - end.x;
  const double along = other.y - end.y;
  const bool level = std::abs(across) > std::abs(along);
  const double x = end.x + (level ? (across > 0 ? 16 : -16) : 8);
  const double y = end.y + (level ? -5 : along > 0 ? 14 : -8);
  return text_at(x, y, label, "font-size=\"11\" fill=\"#555\"");
}

}  // namespace

std::string model_to_svg(const AnyModel& model, const PlotOptions& options) {
  const ModelDiagram diagram = diagram_to_plot(model, options);
  LayeredLayout layout;
  std::vector<PlotBox> texts;
  for (const ModelDiagram::Box& box : diagram.boxes) {
    const PlotBox text = plot_box_of(box, options);
    double width = width_of(text.title, kTitleCharacter);
    for (const PlotBox::Field& field : text.fields) width = std::max(width, width_of(line_of(field), kCharacter));
    if (box.is_open) width = width_of(box.name, kCharacter);
    const double height = kTitleHeight + kLineHeight * static_cast<double>(text.fields.size());
    layout.boxes.push_back(
        {.width = width + 2 * kTextMargin, .height = height, .around = box.around, .is_open = box.is_open});
    texts.push_back(text);
  }
  for (const ModelDiagram::Arrow& arrow : diagram.arrows) layout.arrows.push_back({.from = arrow.from, .to = arrow.to});
  layout.compute(options.rankdir);

  std::string body;
  for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
    if (!diagram.boxes[i].is_open) continue;
    const LayeredLayout::Box& at = layout.boxes[i];
    body += rectangle(at, "fill=\"#f4f4f4\" fill-opacity=\"0.6\" stroke=\"#555\" stroke-dasharray=\"5 4\"");
    body += text_at(at.x + 8, at.y + 16, diagram.boxes[i].name, "fill=\"#555\"");
  }
  const bool sideways = options.rankdir == "LR" || options.rankdir == "RL";
  for (std::size_t i = 0; i < layout.arrows.size(); ++i) body += drawn(layout.arrows[i], sideways);
  for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
    if (!diagram.boxes[i].is_open) body += drawn(layout.boxes[i], texts[i]);
  }
  for (std::size_t i = 0; i < layout.arrows.size(); ++i) {
    const ModelDiagram::Arrow& arrow = diagram.arrows[i];
    const std::vector<LayeredLayout::Point>& points = layout.arrows[i].points;
    const std::string tail = call_label(diagram.boxes[static_cast<std::size_t>(arrow.from)], arrow.from_call);
    const std::string head = call_label(diagram.boxes[static_cast<std::size_t>(arrow.to)], arrow.to_call);
    body += label_at(points.front(), points[1], tail) + label_at(points.back(), points[points.size() - 2], head);
  }
  const double width = layout.width + 2 * kMargin + 4 * kSmallCharacter;  // labels stand to the right
  const double height = layout.height + 2 * kMargin;
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" + number(height) +
         "\" viewBox=\"" + number(-kMargin) + " " + number(-kMargin) + " " + number(width) + " " + number(height) +
         "\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\">\n<title>" + escaped(model->name()) +
         "</title>\n<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" "
         "markerHeight=\"7\" "
         "orient=\"auto\"><path d=\"M0 0 L10 5 L0 10 z\"/></marker></defs>\n" +
         body + "</svg>\n";
}

}  // namespace cornu
