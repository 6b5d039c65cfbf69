#include "models/load_difference.h"

#include <algorithm>

namespace cornu {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string cell(const std::string& path, const std::optional<TensorSpec>& spec) {
  return spec ? path + " " + spec->shape.to_string() : "-";
}

// Long tables show what surrounds the first difference.
constexpr std::size_t kMaxRows = 24;

}  // namespace

std::string load_difference(const std::string& file, const ModelLayer& model, const std::vector<LoadEntry>& entries) {
  const auto count = [&](auto&& condition) { return std::count_if(entries.begin(), entries.end(), condition); };
  const auto missing = count([](const LoadEntry& e) { return !e.fits && !e.in_file; });
  const auto unexpected = count([](const LoadEntry& e) { return !e.fits && !e.in_model; });
  const auto shapes = count([](const LoadEntry& e) { return !e.fits && e.in_file && e.in_model; });
  const auto first = static_cast<std::size_t>(
      std::find_if(entries.begin(), entries.end(), [](const LoadEntry& e) { return !e.fits; }) - entries.begin());
  std::size_t begin = 0;
  std::size_t end = entries.size();
  if (entries.size() > kMaxRows) {
    begin = first > kMaxRows / 2 ? std::min(first - kMaxRows / 2, entries.size() - kMaxRows) : 0;
    end = begin + kMaxRows;
  }
  std::size_t width = 4;
  for (std::size_t i = begin; i < end; ++i) width = std::max(width, cell(entries[i].path, entries[i].in_file).size());
  std::string text = "'" + file + "' does not fit model '" + model.name() + "': " + std::to_string(missing) + " arrays are missing in the file, " +
                     std::to_string(unexpected) + " are not in the model, " + std::to_string(shapes) + " have another shape. Nothing was loaded.\n";
  text += "    " + padded("file", width) + " | model\n";
  if (begin > 0) text += "    ... " + std::to_string(begin) + " more above\n";
  for (std::size_t i = begin; i < end; ++i) {
    const LoadEntry& entry = entries[i];
    const std::string model_cell = entry.in_model ? entry.model_name + " " + entry.in_model->shape.to_string() : "-";
    text += (i == first ? "--> " : entry.fits ? "    " : "  ! ") + padded(cell(entry.path, entry.in_file), width) + " | " + model_cell + "\n";
  }
  if (end < entries.size()) text += "    ... " + std::to_string(entries.size() - end) + " more below\n";
  text += shapes > 0 && missing == 0 && unexpected == 0
              ? "The layers are the same but a size differs: check units, filters and input shapes, or allow it with allow_shape_mismatch."
              : "Usual causes: the model was built with other layers or in another order, or the file belongs to another model. Build the model "
                "as the file was, or name what may differ in LoadOptions.";
  return text;
}

}  // namespace cornu
