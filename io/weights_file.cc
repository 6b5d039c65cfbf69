#include "io/weights_file.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "framework/error.h"
#include "io/atomic_file.h"
#include "io/hdf5_file.h"
#include "io/in_quotes.h"
#include "io/size_limit.h"

namespace cornu::io {
namespace {

constexpr const char* kVars = "vars";
constexpr const char* kName = "name";

// Keras' nesting of layers in layers stays far below; a loop of groups in a damaged file ends here.
constexpr int kDeepest = 64;
constexpr std::size_t kMostGroups = 200000;

std::string joined(const std::string& path, const std::string& name) { return path.empty() ? name : path + "/" + name; }

// "0", "17", but not "01" or "1x".
std::optional<std::size_t> number_of(const std::string& name) {
  std::size_t number = 0;
  const auto end = std::from_chars(name.data(), name.data() + name.size(), number);
  if (end.ec != std::errc() || std::to_string(number) != name) return std::nullopt;
  return number;
}

class Reader {
 public:
  explicit Reader(const Hdf5File& file) : file_(file) {}

  StateTree read() {
    if (is_legacy(file_)) {
      throw FormatError(
          in_quotes(file_.where()) +
              ": expected weights in the layout of Keras 3 (.weights.h5); got an old layout, that of Keras 2 or of "
              "model.save(\"m.h5\"). Read it as a legacy file, or save it again from Keras 3 with save_weights.",
          file_.where());
    }
    read_group("", 0);
    return std::move(state_);
  }

 private:
  [[noreturn]] void fail(const std::string& path, const std::string& sentence) const {
    throw FormatError(in_quotes(file_.where()) + ", group " + in_quotes("/" + path) + ": " + sentence, file_.where());
  }

  void read_group(const std::string& path, int depth) {
    if (depth > kDeepest || ++num_groups_ > kMostGroups) {
      fail(path, "expected at most " + std::to_string(kDeepest) + " levels and " + std::to_string(kMostGroups) +
                     " groups; got more. The file is damaged, or made to exhaust memory.");
    }
    for (const std::string& name : file_.members(path)) {
      const std::string member = joined(path, name);
      if (!file_.has_group(member)) continue;
      if (name == kVars) read_vars(path, member);
      read_group(member, depth + 1);
    }
  }

  void read_vars(const std::string& path, const std::string& vars) {
    StateTree::Group group;
    group.path = path;
    if (file_.has_attribute(vars, kName)) group.name = file_.string_attribute(vars, kName);
    std::vector<std::pair<std::size_t, std::string>> numbered;
    std::vector<std::string> named;
    for (const std::string& name : file_.members(vars)) {
      if (!file_.has_dataset(joined(vars, name))) continue;
      if (const auto number = number_of(name)) {
        numbered.emplace_back(*number, name);
      } else {
        named.push_back(name);
      }
    }
    std::sort(numbered.begin(), numbered.end());
    for (const auto& [number, name] : numbered) {
      if (number != group.arrays.size()) {
        fail(vars,
             "expected an array named '" + std::to_string(group.arrays.size()) + "'; got " + in_quotes(name) +
                 " as the next one. The file is damaged, or one part of a file in several parts (.weights.json).");
      }
      group.arrays.push_back(read_array(joined(vars, name)));
    }
    for (const std::string& name : named) group.arrays.push_back(read_array(joined(vars, name)));
    state_.groups.push_back(std::move(group));
  }

  // One array may be reached by many paths, each of which would be a copy in memory.
  Tensor read_array(const std::string& path) {
    const TensorSpec spec = file_.spec(path);
    num_bytes_ += static_cast<std::uint64_t>(spec.shape.num_elements()) * size_of(spec.dtype);
    const std::uint64_t limit = unpacked_limit(file_.size());
    if (num_bytes_ > limit) {
      fail(path, "expected at most " + std::to_string(limit) +
                     " bytes of arrays in a file of this size; got more. The file is " +
                     "damaged, or made to exhaust memory.");
    }
    return file_.read(path);
  }

  const Hdf5File& file_;
  StateTree state_;
  std::size_t num_groups_ = 0;
  std::uint64_t num_bytes_ = 0;
};

}  // namespace

WeightsLayout weights_layout(const Hdf5File& file) {
  if (file.has_strings_attribute("", "layer_names")) return WeightsLayout::kLegacyWeights;
  if (file.has_attribute("", "model_config") || file.has_group("model_weights")) return WeightsLayout::kLegacyModel;
  return WeightsLayout::kKeras3;
}

StateTree read_weights(const std::string& path) {
  const Hdf5File file = Hdf5File::open(path);
  return Reader(file).read();
}

StateTree read_weights_image(std::string image, const std::string& where) {
  const Hdf5File file = Hdf5File::open_image(std::move(image), where);
  return Reader(file).read();
}

void write_weights_in_place(const std::string& path, const StateTree& state, const std::string& where) {
  Hdf5File file = Hdf5File::create(path, where);
  for (const StateTree::Group& group : state.groups) {
    if (group.name.empty() && group.arrays.empty()) continue;
    const std::string vars = joined(group.path, kVars);
    file.make_group(vars);
    if (!group.name.empty()) file.set_attribute(vars, kName, group.name);
    for (std::size_t i = 0; i < group.arrays.size(); ++i) file.write(joined(vars, std::to_string(i)), group.arrays[i]);
  }
  file.close();
}

void write_weights(const std::string& path, const StateTree& state) {
  AtomicFile file(path);
  write_weights_in_place(file.temporary_path(), state, path);
  file.commit();
}

}  // namespace cornu::io
